#include "tokens.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_SIZE_MAX = 256 * 1024, TOKEN_BYTES = 32, HASH_DIGITS = 2 * TOKEN_HASH_SIZE, SCOPES_SIZE = 64 };

static const char token_prefix[] = "sanling_";

_Static_assert(TOKEN_TEXT_SIZE >= sizeof token_prefix +
                                      sodium_base64_ENCODED_LEN(TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
               "the longest token fits");

struct tokens {
    char *path;
    struct token *list;
    size_t count;
    struct stat seen; /* of the file as it was read */
};

static const struct {
    const char *name;
    enum token_scope scope;
} scope_names[] = {{"publish", TOKEN_PUBLISH}, {"desk", TOKEN_DESK}, {"attest", TOKEN_ATTEST}, {"read", TOKEN_READ}};

/* ---- reading ---- */

bool token_scopes_parse(const char *text, unsigned *scopes, struct fault *fault)
{
    *scopes = 0;
    for (const char *at = text;; at++) {
        const size_t size = strcspn(at, ",");
        unsigned scope = 0;
        for (size_t i = 0; i < sizeof scope_names / sizeof *scope_names; i++)
            if (strlen(scope_names[i].name) == size && strncmp(scope_names[i].name, at, size) == 0)
                scope = scope_names[i].scope;
        if (scope == 0)
            return fault_set(fault, FAULT_USAGE, "scope '%.*s': choose of publish, desk, attest, read, with commas",
                             (int)(size < 32 ? size : 32), at);
        *scopes |= scope;
        at += size;
        if (*at == '\0')
            return true;
    }
}

static bool is_name(const char *name)
{
    static const char characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    const size_t size = strlen(name);
    return size > 0 && size < TOKEN_NAME_SIZE && strspn(name, characters) == size;
}

static bool read_line(const struct tokens *tokens, char *line, unsigned number, struct token *token,
                      struct fault *fault)
{
    char *rest = NULL;
    struct fault cause;
    const char *name = strtok_r(line, " \t", &rest);
    const char *scopes = strtok_r(NULL, " \t", &rest);
    const char *hash = strtok_r(NULL, " \t", &rest);
    size_t size;
    if (hash == NULL || strtok_r(NULL, " \t", &rest) != NULL)
        return fault_set(fault, FAULT_USAGE, "%s: line %u: name, scopes and SHA-256 are needed", tokens->path, number);
    if (!is_name(name))
        return fault_set(fault, FAULT_USAGE, "%s: line %u: a name is 1 to 64 of A-Z a-z 0-9 . _ -", tokens->path,
                         number);
    if (!token_scopes_parse(scopes, &token->scopes, &cause))
        return fault_set(fault, FAULT_USAGE, "%s: line %u: %s", tokens->path, number, cause.text);
    if (strlen(hash) != HASH_DIGITS ||
        sodium_hex2bin(token->hash, TOKEN_HASH_SIZE, hash, HASH_DIGITS, NULL, &size, NULL) != 0 ||
        size != TOKEN_HASH_SIZE)
        return fault_set(fault, FAULT_USAGE, "%s: line %u: no SHA-256 of 64 digits", tokens->path, number);
    snprintf(token->name, sizeof token->name, "%s", name);
    for (size_t i = 0; i < tokens->count; i++)
        if (strcmp(tokens->list[i].name, name) == 0)
            return fault_set(fault, FAULT_USAGE, "%s: line %u: the name %s is there twice", tokens->path, number, name);
    return true;
}

static bool add_line(struct tokens *tokens, char *line, unsigned number, struct fault *fault)
{
    struct token token = {.scopes = 0};
    line[strcspn(line, "#\r")] = '\0';
    if (line[strspn(line, " \t")] == '\0')
        return true;
    if (tokens->count == TOKENS_MAX)
        return fault_set(fault, FAULT_USAGE, "%s: more than %d tokens", tokens->path, TOKENS_MAX);
    if (!read_line(tokens, line, number, &token, fault))
        return false;
    struct token *grown = realloc(tokens->list, (tokens->count + 1) * sizeof *grown);
    if (grown == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    tokens->list = grown;
    tokens->list[tokens->count++] = token;
    return true;
}

static bool check_mode(const char *path, const struct stat *status, struct fault *fault)
{
    if (!S_ISREG(status->st_mode) || status->st_size > FILE_SIZE_MAX)
        return fault_set(fault, FAULT_USAGE, "tokens: %s: no list of tokens", path);
    if ((status->st_mode & (S_IWGRP | S_IWOTH | S_IROTH)) != 0)
        return fault_set(fault, FAULT_USAGE, "tokens: %s: others may write or everybody read it: chmod 600", path);
    return status->st_uid == geteuid() || status->st_uid == 0 ||
           fault_set(fault, FAULT_USAGE, "tokens: %s: belongs to another user than this program's", path);
}

static void close_file(FILE **file)
{
    if (*file != NULL)
        fclose(*file);
    *file = NULL;
}

static void free_line(char **line)
{
    free(*line);
    *line = NULL;
}

static bool read_file(struct tokens *tokens, struct fault *fault)
{
    CLEANUP(close_file) FILE *file = fopen(tokens->path, "re");
    CLEANUP(free_line) char *line = NULL;
    size_t room = 0;
    ssize_t size;
    if (file == NULL || fstat(fileno(file), &tokens->seen) != 0)
        return fault_set(fault, FAULT_USAGE, "tokens: %s: %s; --new-token NAME --scope publish makes it", tokens->path,
                         strerror(errno));
    if (!check_mode(tokens->path, &tokens->seen, fault))
        return false;
    for (unsigned number = 1; (size = getline(&line, &room, file)) >= 0; number++) {
        line[strcspn(line, "\n")] = '\0';
        if (!add_line(tokens, line, number, fault))
            return false;
    }
    return ferror(file) == 0 || fault_set(fault, FAULT_USAGE, "tokens: %s: cannot be read", tokens->path);
}

static void forget(struct tokens *tokens)
{
    free(tokens->list);
    tokens->list = NULL;
    tokens->count = 0;
    tokens->seen = (struct stat){0};
}

struct tokens *tokens_open(const char *path, struct fault *fault)
{
    struct tokens *tokens = calloc(1, sizeof *tokens);
    if (tokens == NULL || (tokens->path = strdup(path)) == NULL) {
        free(tokens);
        fault_set(fault, FAULT_SYSTEM, "out of memory");
        return NULL;
    }
    if (!read_file(tokens, fault))
        tokens_close(&tokens);
    return tokens;
}

void tokens_close(struct tokens **tokens)
{
    struct tokens *gone = *tokens;
    *tokens = NULL;
    if (gone == NULL)
        return;
    forget(gone);
    free(gone->path);
    free(gone);
}

size_t tokens_count(const struct tokens *tokens)
{
    return tokens->count;
}

static bool is_same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* The time of the change counts, too: nobody can set that one back. */
static bool is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
           is_same_time(&a->st_mtim, &b->st_mtim) && is_same_time(&a->st_ctim, &b->st_ctim);
}

bool tokens_refresh(struct tokens *tokens, struct fault *fault)
{
    struct stat status;
    if (stat(tokens->path, &status) == 0 && is_same_file(&status, &tokens->seen))
        return true;
    forget(tokens);
    if (read_file(tokens, fault))
        return true;
    forget(tokens);
    return false;
}

const struct token *tokens_find(const struct tokens *tokens, const char *authorization)
{
    static const char scheme[] = "Bearer ";
    uint8_t hash[TOKEN_HASH_SIZE];
    const struct token *found = NULL;
    if (authorization == NULL || strncasecmp(authorization, scheme, sizeof scheme - 1) != 0)
        return NULL;
    const char *text = authorization + sizeof scheme - 1;
    text += strspn(text, " ");
    crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
    for (size_t i = 0; i < tokens->count; i++) /* each is compared: how long it takes tells nothing */
        if (sodium_memcmp(hash, tokens->list[i].hash, sizeof hash) == 0)
            found = &tokens->list[i];
    return found;
}

/* ---- making one ---- */

static bool is_free(const char *path, const char *name, struct fault *fault)
{
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return true;
    CLEANUP(tokens_close) struct tokens *tokens = tokens_open(path, fault);
    if (tokens == NULL)
        return false;
    for (size_t i = 0; i < tokens->count; i++)
        if (strcmp(tokens->list[i].name, name) == 0)
            return fault_set(fault, FAULT_USAGE, "%s: the name %s has a token; take its line out first", path, name);
    return tokens->count < TOKENS_MAX ||
           fault_set(fault, FAULT_USAGE, "%s: %d tokens are all there may be", path, TOKENS_MAX);
}

/* Whether the file's last line is not ended: ours would become a part of it. */
static bool ends_within_line(int file)
{
    char last = '\n';
    const off_t size = lseek(file, 0, SEEK_END);
    return size > 0 && pread(file, &last, 1, size - 1) == 1 && last != '\n';
}

static bool append_line(const char *path, const char *line, struct fault *fault)
{
    const int file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0)
        return fault_set(fault, FAULT_USAGE, "tokens: %s: %s", path, strerror(errno));
    char whole[TOKEN_NAME_SIZE + SCOPES_SIZE + HASH_DIGITS + 8];
    const bool locked = flock(file, LOCK_EX) == 0;
    const int size = snprintf(whole, sizeof whole, "%s%s\n", ends_within_line(file) ? "\n" : "", line);
    const bool written = locked && write(file, whole, (size_t)size) == size && fsync(file) == 0;
    const int error = errno;
    close(file);
    return written || fault_set(fault, FAULT_SYSTEM, "tokens: %s: %s", path, strerror(error));
}

bool token_new(const char *path, const char *name, const char *scopes, char text[static TOKEN_TEXT_SIZE],
               struct fault *fault)
{
    unsigned mask;
    uint8_t random[TOKEN_BYTES], hash[TOKEN_HASH_SIZE];
    char digits[HASH_DIGITS + 1], line[TOKEN_NAME_SIZE + SCOPES_SIZE + HASH_DIGITS + 4];
    char coded[TOKEN_TEXT_SIZE];
    if (!is_name(name) || strlen(scopes) >= SCOPES_SIZE)
        return fault_set(fault, FAULT_USAGE, "a token's name is 1 to 64 of A-Z a-z 0-9 . _ -");
    if (!token_scopes_parse(scopes, &mask, fault) || !is_free(path, name, fault))
        return false;
    randombytes_buf(random, sizeof random);
    sodium_bin2base64(coded, sizeof coded, random, sizeof random, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    snprintf(text, TOKEN_TEXT_SIZE, "%s%.43s", token_prefix, coded);
    crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
    sodium_bin2hex(digits, sizeof digits, hash, sizeof hash);
    snprintf(line, sizeof line, "%s %s %s", name, scopes, digits);
    sodium_memzero(random, sizeof random);
    sodium_memzero(coded, sizeof coded);
    return append_line(path, line, fault);
}
