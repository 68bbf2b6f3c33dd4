#include "proof/note.h"

#include "proof/line.h"
#include "proof/number.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

static const char signature_mark[] = "— ";
static const char private_mark[] = "PRIVATE+KEY+";
enum {
    ID_SIZE = 4,
    ID_DIGITS = 8,
    TIME_SIZE = 8,
    COSIGNATURE_SIZE = TIME_SIZE + crypto_sign_BYTES,
    KEY_SIZE = 1 + 32,             /* algorithm, and public key or seed */
    COSIGNED_HEADER_SIZE = 64,     /* "cosignature/v1\ntime 18446744073709551615\n" and a NUL */
    SIGNATURE_BYTES_MAX = 24 << 10 /* of a line that a whole note has room for */
};
_Static_assert(sizeof((struct note_signature *)NULL)->bytes == COSIGNATURE_SIZE, "the longest signature that is read");
_Static_assert(NOTE_SIZE_MAX / 4 * 3 <= SIGNATURE_BYTES_MAX, "no line of a note decodes to more");

/* ---- text ---- */

/* One character off the bytes; negative: no UTF-8. */
static utf8proc_int32_t take_character(const char **bytes, size_t *size)
{
    utf8proc_int32_t character;
    const utf8proc_ssize_t taken =
        utf8proc_iterate((const utf8proc_uint8_t *)*bytes, (utf8proc_ssize_t)*size, &character);
    if (taken <= 0)
        return -1;
    *bytes += taken;
    *size -= (size_t)taken;
    return character;
}

/* UTF-8 without control characters other than the newline. */
static bool is_text(const char *bytes, size_t size)
{
    while (size > 0) {
        const utf8proc_int32_t character = take_character(&bytes, &size);
        if (character < 0 || (character < ' ' && character != '\n'))
            return false;
    }
    return true;
}

static bool is_space(utf8proc_int32_t character)
{
    switch ((int)utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC: /* tab and the like, and U+0085 */
        return true;
    }
    return false;
}

static bool is_name(const char *bytes, size_t size)
{
    if (size == 0 || size > NOTE_NAME_MAX)
        return false;
    while (size > 0) {
        const utf8proc_int32_t character = take_character(&bytes, &size);
        if (character < 0 || character == '+' || is_space(character))
            return false;
    }
    return true;
}

/* ---- keys ---- */

static uint32_t key_id(const char *name, enum note_algorithm algorithm, const uint8_t key[static 32])
{
    const uint8_t between[2] = {'\n', (uint8_t)algorithm};
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *)name, strlen(name));
    crypto_hash_sha256_update(&state, between, sizeof between);
    crypto_hash_sha256_update(&state, key, 32);
    crypto_hash_sha256_final(&state, hash);
    return (uint32_t)number_read(hash, ID_SIZE);
}

/* A key's text taken apart: name, id and the algorithm with 32 bytes. */
struct key_text {
    char name[NOTE_NAME_MAX + 1];
    uint32_t id;
    enum note_algorithm algorithm;
    uint8_t key[KEY_SIZE];
};

/* Eight digits of lower case. */
static bool read_id(const struct line *line, uint32_t *id)
{
    static const char digits[] = "0123456789abcdef";
    uint32_t value = 0;
    if (line->size != ID_DIGITS)
        return false;
    for (size_t i = 0; i < line->size; i++) {
        const char *found = memchr(digits, line->start[i], sizeof digits - 1);
        if (found == NULL)
            return false;
        value = value << 4 | (uint32_t)(found - digits);
    }
    *id = value;
    return true;
}

/* Up to the next plus, behind which the rest goes on. */
static bool take_field(struct line *rest, struct line *field)
{
    const char *plus = rest->size > 0 ? memchr(rest->start, '+', rest->size) : NULL;
    if (plus == NULL)
        return false;
    *field = (struct line){.start = rest->start, .size = (size_t)(plus - rest->start)};
    rest->start += field->size + 1;
    rest->size -= field->size + 1;
    return true;
}

static bool key_text_read(struct line rest, struct key_text *key)
{
    struct line name;
    struct line id;
    if (rest.size > 0 && rest.start[rest.size - 1] == '\n')
        rest.size--;
    if (!take_field(&rest, &name) || !take_field(&rest, &id) || !is_name(name.start, name.size) ||
        !read_id(&id, &key->id) || !line_base64_exactly(&rest, key->key, sizeof key->key))
        return false;
    memcpy(key->name, name.start, name.size);
    key->name[name.size] = '\0';
    key->algorithm = (enum note_algorithm)key->key[0];
    return key->algorithm == NOTE_ED25519 || key->algorithm == NOTE_COSIGNATURE_V1;
}

/* false: the id is another key's. */
static bool verifier_fill(const struct key_text *text, const uint8_t key[static 32], struct note_verifier *verifier)
{
    if (key_id(text->name, text->algorithm, key) != text->id)
        return false;
    *verifier = (struct note_verifier){.id = text->id, .algorithm = text->algorithm};
    strcpy(verifier->name, text->name);
    memcpy(verifier->key, key, sizeof verifier->key);
    return true;
}

bool note_verifier_read(const char *text, struct note_verifier *verifier, struct fault *fault)
{
    struct key_text key;
    if (!key_text_read((struct line){.start = text, .size = strlen(text)}, &key))
        return fault_set(fault, FAULT_USAGE, "no verifier key; it reads NAME+ID+BASE64");
    if (!verifier_fill(&key, key.key + 1, verifier))
        return fault_set(fault, FAULT_USAGE, "verifier key of '%s': its id does not fit; copy it whole", key.name);
    return true;
}

static void key_write(const char *mark, const struct note_verifier *verifier, const uint8_t key[static 32],
                      char text[static NOTE_KEY_TEXT_SIZE])
{
    uint8_t bytes[KEY_SIZE];
    bytes[0] = (uint8_t)verifier->algorithm;
    memcpy(bytes + 1, key, sizeof bytes - 1);
    const int at = snprintf(text, NOTE_KEY_TEXT_SIZE, "%s%s+%08x+", mark, verifier->name, verifier->id);
    line_write_base64(text + at, bytes, sizeof bytes);
    sodium_memzero(bytes, sizeof bytes);
}

void note_verifier_write(const struct note_verifier *verifier, char text[static NOTE_KEY_TEXT_SIZE])
{
    key_write("", verifier, verifier->key, text);
}

bool note_signer_new(const char *name, enum note_algorithm algorithm, struct note_signer *signer, struct fault *fault)
{
    if (!is_name(name, strlen(name)))
        return fault_set(fault, FAULT_USAGE, "no name for a key: '%.*s'; it has 1 to %d bytes without spaces and +",
                         NOTE_NAME_MAX, name, NOTE_NAME_MAX);
    if (sodium_init() < 0)
        return fault_set(fault, FAULT_SYSTEM, "the system gives no random numbers");
    *signer = (struct note_signer){.verifier = {.algorithm = algorithm}};
    strcpy(signer->verifier.name, name);
    crypto_sign_keypair(signer->verifier.key, signer->secret);
    signer->verifier.id = key_id(name, algorithm, signer->verifier.key);
    return true;
}

static bool signer_fill(const struct key_text *text, struct note_signer *signer)
{
    uint8_t key[crypto_sign_PUBLICKEYBYTES];
    crypto_sign_seed_keypair(key, signer->secret, text->key + 1);
    return verifier_fill(text, key, &signer->verifier);
}

bool note_signer_read(const char *text, struct note_signer *signer, struct fault *fault)
{
    struct key_text key = {0};
    struct note_signer read;
    struct line line = {.start = text, .size = strlen(text)};
    const bool formed = line_drop(&line, private_mark) && key_text_read(line, &key);
    const bool fits = formed && signer_fill(&key, &read);
    if (fits)
        *signer = read;
    sodium_memzero(&key, sizeof key);
    sodium_memzero(&read, sizeof read);
    if (!formed) /* repeats nothing of the text: it may be a secret */
        return fault_set(fault, FAULT_USAGE, "no signing key; it reads PRIVATE+KEY+NAME+ID+BASE64");
    return fits || fault_set(fault, FAULT_USAGE, "signing key: its id does not fit; copy it whole");
}

void note_signer_write(const struct note_signer *signer, char text[static NOTE_KEY_TEXT_SIZE])
{
    key_write(private_mark, &signer->verifier, signer->secret, text); /* libsodium's begins with the seed */
}

void note_signer_wipe(struct note_signer *signer)
{
    sodium_memzero(signer, sizeof *signer);
}

/* ---- notes ---- */

static bool read_signature(const struct line *line, struct note_signature *signature)
{
    struct line rest = *line;
    if (!line_drop(&rest, signature_mark))
        return false;
    const char *space = memchr(rest.start, ' ', rest.size);
    const size_t name_size = space != NULL ? (size_t)(space - rest.start) : 0;
    if (!is_name(rest.start, name_size))
        return false;
    const struct line encoded = {.start = space + 1, .size = rest.size - name_size - 1};
    uint8_t bytes[SIGNATURE_BYTES_MAX];
    size_t size;
    if (!line_base64(&encoded, bytes, sizeof bytes, &size) || size <= ID_SIZE)
        return false;
    *signature = (struct note_signature){
        .name = rest.start,
        .name_size = name_size,
        .id = (uint32_t)number_read(bytes, ID_SIZE),
        .line = line->start,
        .line_size = line->size + 1,
        .size = size - ID_SIZE,
    };
    const size_t kept = signature->size < sizeof signature->bytes ? signature->size : sizeof signature->bytes;
    memcpy(signature->bytes, bytes + ID_SIZE, kept);
    return true;
}

/* Where the last empty line begins, behind the text; 0: there is none. */
static size_t text_end(const char *bytes, size_t size)
{
    for (size_t at = size; at >= 2; at--)
        if (bytes[at - 2] == '\n' && bytes[at - 1] == '\n')
            return at - 1;
    return 0;
}

bool note_read(const char *bytes, size_t size, struct note *note, struct fault *fault)
{
    if (size > NOTE_SIZE_MAX)
        return fault_set(fault, FAULT_USAGE, "no signed note: longer than %d bytes", NOTE_SIZE_MAX);
    if (!is_text(bytes, size))
        return fault_set(fault, FAULT_USAGE, "no signed note: control characters, or no UTF-8");
    const size_t end = text_end(bytes, size);
    if (end == 0)
        return fault_set(fault, FAULT_USAGE, "no signed note: no empty line between text and signatures");
    *note = (struct note){.text = bytes, .text_size = end};
    const char *rest = bytes + end + 1;
    size_t left = size - end - 1;
    while (left > 0) {
        struct line line;
        if (note->count == NOTE_SIGNATURES_MAX)
            return fault_set(fault, FAULT_USAGE, "signed note: more than %d signatures", NOTE_SIGNATURES_MAX);
        if (!line_take(&rest, &left, &line) || !read_signature(&line, &note->signatures[note->count]))
            return fault_set(fault, FAULT_USAGE, "signed note: line %d of the signatures is none", note->count + 1);
        note->count++;
    }
    return note->count > 0 || fault_set(fault, FAULT_USAGE, "no signed note: no signature");
}

/* What a witness signs; malloc'ed. */
static uint8_t *cosigned_text(uint64_t time, const char *text, size_t size, size_t *signed_size)
{
    char header[COSIGNED_HEADER_SIZE];
    const int header_size = snprintf(header, sizeof header, "cosignature/v1\ntime %llu\n", (unsigned long long)time);
    uint8_t *bytes = malloc((size_t)header_size + size);
    if (bytes == NULL)
        abort();
    memcpy(bytes, header, (size_t)header_size);
    memcpy(bytes + header_size, text, size);
    *signed_size = (size_t)header_size + size;
    return bytes;
}

static bool verify_cosignature(const struct note *note, const struct note_signature *signature, const uint8_t *key)
{
    if (signature->size != COSIGNATURE_SIZE)
        return false;
    size_t size;
    uint8_t *bytes = cosigned_text(note_cosignature_time(signature), note->text, note->text_size, &size);
    const bool valid = crypto_sign_verify_detached(signature->bytes + TIME_SIZE, bytes, size, key) == 0;
    free(bytes);
    return valid;
}

static bool verify(const struct note *note, const struct note_signature *signature,
                   const struct note_verifier *verifier)
{
    switch (verifier->algorithm) {
    case NOTE_ED25519:
        return signature->size == crypto_sign_BYTES &&
               crypto_sign_verify_detached(signature->bytes, (const uint8_t *)note->text, note->text_size,
                                           verifier->key) == 0;
    case NOTE_COSIGNATURE_V1:
        return verify_cosignature(note, signature, verifier->key);
    }
    return false;
}

const struct note_signature *note_verify(const struct note *note, const struct note_verifier *verifier)
{
    const struct note_signature *valid = NULL;
    for (int i = 0; i < note->count; i++) {
        const struct note_signature *signature = &note->signatures[i];
        if (signature->id != verifier->id || signature->name_size != strlen(verifier->name) ||
            memcmp(signature->name, verifier->name, signature->name_size) != 0)
            continue;
        if (!verify(note, signature, verifier))
            return NULL;
        if (valid == NULL)
            valid = signature;
    }
    return valid;
}

uint64_t note_cosignature_time(const struct note_signature *signature)
{
    return number_read(signature->bytes, TIME_SIZE);
}

static bool sign(const struct note_signer *signer, const char *text, size_t size, uint64_t time, uint8_t *signature)
{
    if (signer->verifier.algorithm == NOTE_ED25519)
        return crypto_sign_detached(signature, NULL, (const uint8_t *)text, size, signer->secret) == 0;
    size_t cosigned_size;
    uint8_t *cosigned = cosigned_text(time, text, size, &cosigned_size);
    number_write(signature, time, TIME_SIZE);
    const bool done = crypto_sign_detached(signature + TIME_SIZE, NULL, cosigned, cosigned_size, signer->secret) == 0;
    free(cosigned);
    return done;
}

char *note_sign(const struct note_signer *signer, const char *text, size_t size, uint64_t time)
{
    assert(size > 0 && text[size - 1] == '\n');
    uint8_t bytes[ID_SIZE + COSIGNATURE_SIZE];
    const size_t signed_size =
        ID_SIZE + (signer->verifier.algorithm == NOTE_ED25519 ? crypto_sign_BYTES : (size_t)COSIGNATURE_SIZE);
    number_write(bytes, signer->verifier.id, ID_SIZE);
    const size_t name_size = strlen(signer->verifier.name);
    char *line = malloc(strlen(signature_mark) + name_size + 1 + LINE_BASE64_SIZE(sizeof bytes) + 2);
    if (line == NULL || !sign(signer, text, size, time, bytes + ID_SIZE)) {
        free(line);
        return NULL;
    }
    const int at = sprintf(line, "%s%s ", signature_mark, signer->verifier.name);
    strcpy(line_write_base64(line + at, bytes, signed_size), "\n");
    return line;
}
