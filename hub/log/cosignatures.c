#include "cosignatures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "durable_file.h"

enum { PATH_SIZE = DURABLE_PATH_SIZE, AGAIN_SECONDS = 60 };

/* Of one witness. */
struct cosigned {
    uint64_t size; /* of the checkpoint; 0: none yet */
    uint64_t time;
    char *note; /* signed by the log alone */
    char *line; /* the witness's */
};

struct cosignatures {
    char data[PATH_SIZE - 300];
    struct witness_list witnesses;
    struct cosigned newest[WITNESSES_MAX];
};

static void witness_path(const struct cosignatures *cosignatures, int witness, char path[static PATH_SIZE])
{
    snprintf(path, PATH_SIZE, "%s/checkpoints/witness-%08x", cosignatures->data,
             (unsigned)cosignatures->witnesses.keys[witness].id);
}

static char *copy_of(const char *text, size_t size)
{
    char *copy = strndup(text, size);
    if (!copy)
        abort();
    return copy;
}

static char *joined(const char *one, const char *other)
{
    char *text = NULL;
    if (asprintf(&text, "%s%s", one, other) < 0)
        abort();
    return text;
}

static void keep(struct cosigned *newest, uint64_t size, uint64_t time, char *note, char *line)
{
    free(newest->note);
    free(newest->line);
    *newest = (struct cosigned){.size = size, .time = time, .note = note, .line = line};
}

static void read_kept(struct cosignatures *cosignatures, int witness, const struct log_verifiers *log)
{
    char path[PATH_SIZE];
    size_t size;
    struct fault fault;
    struct note note;
    struct checkpoint checkpoint;
    witness_path(cosignatures, witness, path);
    char *bytes = durable_file_read(path, NOTE_SIZE_MAX, &size, &fault);
    for (int i = 0; bytes && i < log->count; i++) {
        if (!checkpoint_open(bytes, size, &log->keys[i], &checkpoint, &note, &fault))
            continue;
        const struct note_signature *by_log = note_verify(&note, &log->keys[i]);
        const struct note_signature *line = note_verify(&note, &cosignatures->witnesses.keys[witness]);
        if (!by_log || !line)
            continue;
        char *text = copy_of(note.text, note.text_size + 1); /* and the empty line */
        char *signature = copy_of(by_log->line, by_log->line_size);
        keep(&cosignatures->newest[witness], checkpoint.size, note_cosignature_time(line), joined(text, signature),
             copy_of(line->line, line->line_size));
        free(text);
        free(signature);
        break;
    }
    free(bytes);
}

struct cosignatures *cosignatures_open(const char *data, const struct witness_list *witnesses,
                                       const struct log_verifiers *log)
{
    struct cosignatures *cosignatures = calloc(1, sizeof *cosignatures);
    if (!cosignatures)
        abort();
    snprintf(cosignatures->data, sizeof cosignatures->data, "%s", data);
    cosignatures->witnesses = *witnesses;
    for (int i = 0; i < witnesses->count; i++)
        read_kept(cosignatures, i, log);
    return cosignatures;
}

void cosignatures_close(struct cosignatures **cosignatures)
{
    for (int i = 0; *cosignatures && i < WITNESSES_MAX; i++) {
        free((*cosignatures)->newest[i].note);
        free((*cosignatures)->newest[i].line);
    }
    free(*cosignatures);
    *cosignatures = NULL;
}

/* Whose line it is, by name and number; -1: no witness's. */
static int witness_of(const struct cosignatures *cosignatures, const struct note_signature *signature)
{
    for (int i = 0; i < cosignatures->witnesses.count; i++) {
        const struct note_verifier *key = &cosignatures->witnesses.keys[i];
        if (key->id == signature->id && strlen(key->name) == signature->name_size &&
            memcmp(key->name, signature->name, signature->name_size) == 0)
            return i;
    }
    return -1;
}

static uint64_t newest_size(const struct cosignatures *cosignatures, uint64_t below)
{
    uint64_t size = 0;
    for (int i = 0; i < cosignatures->witnesses.count; i++)
        if (cosignatures->newest[i].size < below && cosignatures->newest[i].size > size)
            size = cosignatures->newest[i].size;
    return size;
}

/* Some note of that size, which a witness has. */
static const char *note_of(const struct cosignatures *cosignatures, uint64_t size)
{
    for (int i = 0; i < cosignatures->witnesses.count; i++)
        if (cosignatures->newest[i].size == size)
            return cosignatures->newest[i].note;
    abort(); /* the size is one of theirs */
}

static bool write_kept(const struct cosignatures *cosignatures, int witness, struct fault *fault)
{
    char path[PATH_SIZE];
    const struct cosigned *newest = &cosignatures->newest[witness];
    witness_path(cosignatures, witness, path);
    char *text = joined(newest->note, newest->line);
    bool written = durable_file_write(path, text, strlen(text), 0600, fault);
    free(text);
    if (!written || newest_size(cosignatures, UINT64_MAX) != newest->size)
        return written;
    snprintf(path, sizeof path, "%s/tiles/cosigned", cosignatures->data);
    text = cosignatures_with(cosignatures, newest->size, newest->note);
    written = durable_file_write(path, text, strlen(text), 0644, fault);
    free(text);
    return written;
}

bool cosignatures_take(struct cosignatures *cosignatures, const struct checkpoint *checkpoint, const char *note,
                       const char *line, enum cosigning *result, struct fault *fault)
{
    struct fault why;
    struct note read;
    char *both = joined(note, line);
    const struct note_signature *signature =
        note_read(both, strlen(both), &read, &why) && read.count == 2 ? &read.signatures[1] : NULL;
    const int witness = signature ? witness_of(cosignatures, signature) : -1;
    const bool verified = witness >= 0 && note_verify(&read, &cosignatures->witnesses.keys[witness]) != NULL;
    const uint64_t time = verified ? note_cosignature_time(signature) : 0;
    *result = witness < 0 ? COSIGNING_STRANGER : verified ? COSIGNING_TAKEN : COSIGNING_WRONG;
    free(both);
    if (!verified)
        return true;
    struct cosigned *newest = &cosignatures->newest[witness];
    if (checkpoint->size < newest->size || (checkpoint->size == newest->size && time < newest->time + AGAIN_SECONDS))
        return true;
    keep(newest, checkpoint->size, time, copy_of(note, strlen(note)), copy_of(line, strlen(line)));
    return write_kept(cosignatures, witness, fault);
}

int cosignatures_count(const struct cosignatures *cosignatures, uint64_t size)
{
    int count = 0;
    for (int i = 0; i < cosignatures->witnesses.count; i++)
        count += cosignatures->newest[i].size == size;
    return count;
}

char *cosignatures_with(const struct cosignatures *cosignatures, uint64_t size, const char *note)
{
    char *text = copy_of(note, strlen(note));
    for (int i = 0; i < cosignatures->witnesses.count; i++) {
        if (cosignatures->newest[i].size != size || size == 0)
            continue;
        char *longer = joined(text, cosignatures->newest[i].line);
        free(text);
        text = longer;
    }
    return text;
}

int cosignatures_notes(const struct cosignatures *cosignatures, char *notes[static WITNESSES_MAX])
{
    int count = 0;
    for (uint64_t size = newest_size(cosignatures, UINT64_MAX); size > 0; size = newest_size(cosignatures, size))
        notes[count++] = cosignatures_with(cosignatures, size, note_of(cosignatures, size));
    return count;
}
