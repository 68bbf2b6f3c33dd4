/* 单位树: the whole tree as columns. 50,000 units are 850,000 values: they are written as text at once, without a JSON
 * tree in between. */
#include "documents.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool ask_tree(struct document *document, struct problem *problem)
{
    (void)problem;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__TreeQuery tree = SANLING__V1__TREE_QUERY__INIT;
    tree.unit = document_unit(document);
    query.ask_case = SANLING__V1__QUERY__ASK_TREE;
    query.tree = &tree;
    document_ask(document, &query, &sanling__v1__tree_answer__descriptor, false);
    return true;
}

static void write_text(FILE *stream, const char *text)
{
    putc_unlocked('"', stream);
    for (; *text != '\0'; text++) {
        const unsigned char letter = (unsigned char)*text;
        if (letter == '"' || letter == '\\')
            putc_unlocked('\\', stream);
        if (letter < ' ')
            fprintf(stream, "\\u%04x", letter);
        else
            putc_unlocked(letter, stream);
    }
    putc_unlocked('"', stream);
}

static void write_number(FILE *stream, int64_t number)
{
    char digits[24];
    char *at = digits + sizeof digits;
    const bool negative = number < 0;
    uint64_t left = negative ? UINT64_C(0) - (uint64_t)number : (uint64_t)number;
    do
        *--at = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (negative)
        *--at = '-';
    fwrite_unlocked(at, 1, (size_t)(digits + sizeof digits - at), stream);
}

static void write_enum(FILE *stream, const ProtobufCEnumDescriptor *type, int number)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(type, number);
    if (value != NULL)
        write_text(stream, value->name);
    else
        write_number(stream, number);
}

/* The i-th value of a column, as the canonical mapping writes it; the tree's columns are of these types. */
static void write_value(FILE *stream, const ProtobufCFieldDescriptor *field, const void *values, size_t i)
{
    if (field->type == PROTOBUF_C_TYPE_STRING)
        write_text(stream, ((char *const *)values)[i]);
    else if (field->type == PROTOBUF_C_TYPE_ENUM)
        write_enum(stream, field->descriptor, ((const int *)values)[i]);
    else if (field->type == PROTOBUF_C_TYPE_BOOL)
        fputs_unlocked(((const protobuf_c_boolean *)values)[i] ? "true" : "false", stream);
    else if (field->type == PROTOBUF_C_TYPE_UINT32)
        write_number(stream, ((const uint32_t *)values)[i]);
    else
        write_number(stream, ((const int32_t *)values)[i]);
}

static void write_name(FILE *stream, const char *name)
{
    putc_unlocked('"', stream);
    for (; *name != '\0'; name++) {
        const bool capital = *name == '_';
        name += capital ? 1 : 0;
        putc_unlocked(capital && *name >= 'a' && *name <= 'z' ? *name - 'a' + 'A' : *name, stream);
    }
    fputs_unlocked("\":", stream);
}

void tree_write(FILE *stream, const Sanling__V1__TreeAnswer *tree)
{
    const ProtobufCMessageDescriptor *type = tree->base.descriptor;
    for (unsigned f = 0; f < type->n_fields; f++) {
        const ProtobufCFieldDescriptor *field = &type->fields[f];
        const void *at = (const char *)tree + field->offset;
        putc_unlocked(f == 0 ? '{' : ',', stream);
        write_name(stream, field->name);
        if (field->label != PROTOBUF_C_LABEL_REPEATED) {
            write_value(stream, field, at, 0);
            continue;
        }
        const size_t count = *(const size_t *)(const void *)((const char *)tree + field->quantifier_offset);
        const void *values = *(void *const *)at;
        putc_unlocked('[', stream);
        for (size_t i = 0; i < count; i++) {
            if (i > 0)
                putc_unlocked(',', stream);
            write_value(stream, field, values, i);
        }
        putc_unlocked(']', stream);
    }
    putc_unlocked('}', stream);
}

static enum document_step make_tree(struct document *document, struct problem *problem)
{
    size_t size = 0;
    json_t *object = document_object(document);
    char *moment = json_dumps(json_object_get(object, "moment"), JSON_COMPACT);
    FILE *stream = moment != NULL ? open_memstream(&document->text, &size) : NULL;
    if (stream != NULL) {
        fprintf(stream, "{\"moment\":%s,\"tree\":", moment);
        tree_write(stream, (const Sanling__V1__TreeAnswer *)document_body(document, 0));
        putc('}', stream);
        fclose(stream);
    }
    free(moment);
    json_decref(object);
    if (document->text == NULL) {
        problem_set(problem, PROBLEM_INTERNAL, NULL, NULL);
        return DOCUMENT_FAILED;
    }
    return DOCUMENT_MADE;
}

const struct document_kind tree_kind = {
    .name = "tree", .accepts = MOMENT_PARAMETERS | PARAMETER_BIT(PARAMETER_UNIT), .ask = ask_tree, .make = make_tree};
