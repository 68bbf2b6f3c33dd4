#include "accounts.h"

#include "command_line.h"
#include "language.h"
#include "yaml_file.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

_Static_assert(ACCOUNT_HASH_SIZE == crypto_pwhash_STRBYTES, "the hash's size is libsodium's");

enum { PATH_MAX_SIZE = 4000, LINE_SIZE = ACCOUNT_PASSWORD_MAX + 3 /* \r\n and NUL */ };

/* A hash of the same limits that no password is known for: verifying it takes as long as verifying a real one. */
static const char nobodys_hash[ACCOUNT_HASH_SIZE] =
    "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

struct file_account {
    char *account;
    char *password;
    char *identity;
};
struct file_accounts {
    struct file_account *accounts;
    unsigned accounts_count;
};

struct accounts {
    size_t count;
    struct account list[];
};

/* The lengths that matter are checked below, for libcyaml's complaint would not say what is wanted. */
static const cyaml_schema_field_t account_fields[] = {
    CYAML_FIELD_STRING_PTR("account", CYAML_FLAG_POINTER, struct file_account, account, 0, 1024),
    CYAML_FIELD_STRING_PTR("password", CYAML_FLAG_POINTER, struct file_account, password, 0, 1024),
    CYAML_FIELD_STRING_PTR("identity", CYAML_FLAG_POINTER, struct file_account, identity, 1, PATH_MAX_SIZE),
    CYAML_FIELD_END};
static const cyaml_schema_value_t account_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_account, account_fields)};
static const cyaml_schema_field_t accounts_fields[] = {CYAML_FIELD_SEQUENCE("accounts", CYAML_FLAG_POINTER,
                                                                            struct file_accounts, accounts,
                                                                            &account_value, 1, ACCOUNTS_MAX),
                                                       CYAML_FIELD_END};
static const cyaml_schema_value_t accounts_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file_accounts, accounts_fields)};

bool account_name_valid(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    const size_t length = strlen(name);
    return length > 0 && length < ACCOUNT_NAME_SIZE && strspn(name, allowed) == length;
}

struct load {
    const char *path;
    const char *text;
    struct accounts *accounts;
    struct fault *fault;
};

static bool refuse(const struct load *load, const char *key, const char *what)
{
    const unsigned line = yaml_file_line_of(load->text, key, load->accounts->count);
    return fault_set(load->fault, FAULT_USAGE, "%s: line %u: %s: %s", load->path, line, key, translated(what));
}

/* The path as seen from the file's folder. */
static char *resolve(const struct load *load, const char *path)
{
    const char *slash = strrchr(load->path, '/');
    char *resolved = NULL;
    if (path[0] == '/' || slash == NULL)
        resolved = strdup(path);
    else if (asprintf(&resolved, "%.*s/%s", (int)(slash - load->path), load->path, path) < 0)
        resolved = NULL;
    if (resolved == NULL)
        abort();
    return resolved;
}

static void mark_account(struct account *account)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof account->mark);
    crypto_generichash_update(&state, (const unsigned char *)account->hash, sizeof account->hash);
    crypto_generichash_update(&state, (const unsigned char *)account->identity, strlen(account->identity));
    crypto_generichash_final(&state, account->mark, sizeof account->mark);
}

/* Adds it to the list, whose room the caller made. */
static bool take_account(const struct load *load, const struct file_account *from)
{
    struct account *account = &load->accounts->list[load->accounts->count];
    if (!account_name_valid(from->account))
        return refuse(load, "account", "1 to 64 of A-Z a-z 0-9 . _ - make a name");
    if (accounts_find(load->accounts, from->account) != NULL)
        return refuse(load, "account", "this name stands there twice");
    /* Other limits would cost another time, which tells who has an account, or memory that nobody bounded. */
    if (strlen(from->password) >= ACCOUNT_HASH_SIZE || strncmp(from->password, "$argon2id$", 10) != 0 ||
        crypto_pwhash_str_needs_rehash(from->password, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                       crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
        return refuse(load, "password", "not a hash that `sanling-leadership --hash-password` made: make it again");
    *account = (struct account){.identity = resolve(load, from->identity)};
    snprintf(account->name, sizeof account->name, "%s", from->account);
    snprintf(account->hash, sizeof account->hash, "%s", from->password);
    mark_account(account);
    if (access(account->identity, R_OK) != 0) {
        free(account->identity);
        return refuse(load, "identity", "the key file cannot be read; make one with `sanlingctl keys new`");
    }
    load->accounts->count++;
    return true;
}

struct accounts *accounts_read(const char *path, struct fault *fault)
{
    char *text = NULL;
    struct file_accounts *file = yaml_file_load(path, &accounts_schema, &text, fault);
    if (file == NULL)
        return NULL;
    struct accounts *accounts = calloc(1, sizeof *accounts + file->accounts_count * sizeof *accounts->list);
    if (accounts == NULL)
        abort();
    const struct load load = {.path = path, .text = text, .accounts = accounts, .fault = fault};
    bool taken = true;
    for (unsigned i = 0; taken && i < file->accounts_count; i++)
        taken = take_account(&load, &file->accounts[i]);
    yaml_file_free(&accounts_schema, file);
    free(text);
    if (!taken)
        accounts_close(&accounts);
    return accounts;
}

void accounts_close(struct accounts **accounts)
{
    if (*accounts == NULL)
        return;
    for (size_t i = 0; i < (*accounts)->count; i++)
        free((*accounts)->list[i].identity);
    free(*accounts);
    *accounts = NULL;
}

const struct account *accounts_find(const struct accounts *accounts, const char *name)
{
    for (size_t i = 0; i < accounts->count; i++)
        if (strcmp(accounts->list[i].name, name) == 0)
            return &accounts->list[i];
    return NULL;
}

size_t accounts_count(const struct accounts *accounts)
{
    return accounts->count;
}

const struct account *accounts_at(const struct accounts *accounts, size_t index)
{
    return &accounts->list[index];
}

const struct account *accounts_verify(const struct accounts *accounts, const char *name, const char *password)
{
    const struct account *account = accounts_find(accounts, name);
    const char *hash = account == NULL ? nobodys_hash : account->hash;
    const size_t size = strnlen(password, ACCOUNT_PASSWORD_MAX + 1);
    const bool right = crypto_pwhash_str_verify(hash, password, size) == 0;
    return right && size <= ACCOUNT_PASSWORD_MAX ? account : NULL;
}

/* Characters of valid UTF-8; 0: it is none. */
static size_t letters(const char *text)
{
    size_t count = 0;
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; count++) {
        const unsigned size = *at < 0x80 ? 1 : *at < 0xC2 ? 0 : *at < 0xE0 ? 2 : *at < 0xF0 ? 3 : *at < 0xF5 ? 4 : 0;
        if (size == 0)
            return 0;
        at++;
        for (unsigned i = 1; i < size; i++, at++)
            if ((*at & 0xC0) != 0x80)
                return 0;
    }
    return count;
}

bool account_hash_password(const char *password, char hash[static ACCOUNT_HASH_SIZE], struct fault *fault)
{
    if (letters(password) < ACCOUNT_PASSWORD_LETTERS)
        return fault_set(fault, FAULT_USAGE, "a password has at least %d characters, in UTF-8",
                         ACCOUNT_PASSWORD_LETTERS);
    if (strlen(password) > ACCOUNT_PASSWORD_MAX)
        return fault_set(fault, FAULT_USAGE, "a password has at most %d bytes", ACCOUNT_PASSWORD_MAX);
    if (crypto_pwhash_str_alg(hash, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                              crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return fault_set(fault, FAULT_SYSTEM, "out of memory: hashing a password takes 64 MiB");
    return true;
}

/* One line without its end. false: there is none, or it does not fit. */
static bool read_line(FILE *in, char line[static LINE_SIZE])
{
    if (fgets(line, LINE_SIZE, in) == NULL)
        return false;
    const size_t size = strcspn(line, "\r\n");
    const bool whole = line[size] != '\0' || feof(in);
    line[size] = '\0';
    return whole;
}

/* Asks on the terminal, which shows nothing of the answer. */
static bool ask(int terminal, FILE *in, const char *question, char line[static LINE_SIZE])
{
    struct termios shown;
    if (tcgetattr(terminal, &shown) != 0)
        return false;
    struct termios hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    fputs(question, stderr);
    fflush(stderr);
    if (tcsetattr(terminal, TCSAFLUSH, &hidden) != 0)
        return false;
    const bool answered = read_line(in, line);
    tcsetattr(terminal, TCSAFLUSH, &shown);
    fputs("\n", stderr);
    return answered;
}

static bool ask_twice(char password[static LINE_SIZE], struct fault *fault)
{
    char again[LINE_SIZE] = "";
    if (!ask(STDIN_FILENO, stdin, translated("Password: "), password) ||
        !ask(STDIN_FILENO, stdin, translated("Once more: "), again))
        return fault_set(fault, FAULT_USAGE, "no password was read, or it is too long");
    const bool same = strcmp(password, again) == 0;
    sodium_memzero(again, sizeof again);
    return same || fault_set(fault, FAULT_USAGE, "the two passwords are not the same");
}

int account_hash_command(const char *program)
{
    struct fault fault = {0};
    char password[LINE_SIZE] = "";
    char hash[ACCOUNT_HASH_SIZE];
    bool read = false;
    if (isatty(STDIN_FILENO))
        read = ask_twice(password, &fault);
    else
        read = read_line(stdin, password) ||
               fault_set(&fault, FAULT_USAGE, "no password on standard input, or it is too long");
    const bool made = read && account_hash_password(password, hash, &fault);
    sodium_memzero(password, sizeof password);
    if (!made)
        return command_line_fail(program, &fault);
    puts(hash);
    return fflush(stdout) == 0 ? 0 : 1;
}
