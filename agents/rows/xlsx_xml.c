#include "xlsx_xml.h"

#include "fault.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 64 * 1024, NAMESPACE_SEPARATOR = '|' };

struct xlsx_xml {
    struct xlsx_part *part;
    XML_Parser parser;
    const struct xlsx_elements *elements;
    void *context;
    int depth;
    size_t fed;
    bool suspended;
    bool last_fed;
    bool failed;
    struct reason failure;
};

static bool out_of_memory(struct reason *reason)
{
    return reason_set(reason, REASON_TOO_LARGE, "内存不足", "out of memory");
}

/* ---- what the parser calls ---- */

/* `namespace|local`, or a name without namespace. */
static const char *local_name(const char *name)
{
    const char *separator = strrchr(name, NAMESPACE_SEPARATOR);
    return separator == NULL ? name : separator + 1;
}

void xlsx_xml_fail(struct xlsx_xml *xml, const struct reason *reason)
{
    if (!xml->failed)
        xml->failure = *reason;
    xml->failed = true;
    (void)XML_StopParser(xml->parser, XML_FALSE);
}

void xlsx_xml_pause(struct xlsx_xml *xml)
{
    if (!xml->failed)
        (void)XML_StopParser(xml->parser, XML_TRUE);
}

static void XMLCALL take_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct xlsx_xml *xml = context;
    if (xml->failed)
        return;
    if (++xml->depth > XLSX_XML_DEPTH_MAX) {
        struct reason reason;
        reason_set(&reason, REASON_MALFORMED, "内容嵌套超过 %d 层：不是表格软件写的文件",
                   "nested more than %d deep: no spreadsheet program wrote it", XLSX_XML_DEPTH_MAX);
        xlsx_xml_fail(xml, &reason);
        return;
    }
    xml->elements->start(xml->context, local_name(name), (const char *const *)attributes, xml->depth);
}

static void XMLCALL take_end(void *context, const XML_Char *name)
{
    struct xlsx_xml *xml = context;
    if (xml->failed)
        return;
    if (xml->elements->end != NULL)
        xml->elements->end(xml->context, local_name(name), xml->depth);
    xml->depth--;
}

static void XMLCALL take_text(void *context, const XML_Char *text, int size)
{
    struct xlsx_xml *xml = context;
    if (!xml->failed)
        xml->elements->text(xml->context, text, (size_t)size);
}

/* No spreadsheet program writes one, and entities that multiply are declared in it. */
static void XMLCALL refuse_document_type(void *context, const XML_Char *name, const XML_Char *system_id,
                                         const XML_Char *public_id, int has_internal_subset)
{
    struct xlsx_xml *xml = context;
    struct reason reason;
    (void)name, (void)system_id, (void)public_id, (void)has_internal_subset;
    reason_set(&reason, REASON_MALFORMED, "文件里有文档类型声明（DTD）：不是表格软件写的文件",
               "it declares a document type: no spreadsheet program wrote it");
    xlsx_xml_fail(xml, &reason);
}

/* ---- opening ---- */

struct xlsx_xml *xlsx_xml_open(struct xlsx_package *package, const char *part, enum xlsx_counted counted,
                               const struct xlsx_elements *elements, void *context, struct reason *reason)
{
    CLEANUP(xlsx_xml_close) struct xlsx_xml *opening = calloc(1, sizeof *opening);
    if (opening == NULL) {
        out_of_memory(reason);
        return NULL;
    }
    opening->elements = elements;
    opening->context = context;
    opening->part = xlsx_part_open(package, part, counted, reason);
    if (opening->part == NULL)
        return NULL;
    opening->parser = XML_ParserCreateNS(NULL, NAMESPACE_SEPARATOR);
    if (opening->parser == NULL) {
        out_of_memory(reason);
        return NULL;
    }
    XML_SetUserData(opening->parser, opening);
    XML_SetElementHandler(opening->parser, take_start, take_end);
    if (elements->text != NULL)
        XML_SetCharacterDataHandler(opening->parser, take_text);
    XML_SetStartDoctypeDeclHandler(opening->parser, refuse_document_type);
    struct xlsx_xml *xml = opening;
    opening = NULL;
    return xml;
}

void xlsx_xml_close(struct xlsx_xml **xml)
{
    struct xlsx_xml *gone = *xml;
    *xml = NULL;
    if (gone == NULL)
        return;
    if (gone->parser != NULL)
        XML_ParserFree(gone->parser);
    xlsx_part_close(&gone->part);
    free(gone);
}

/* ---- going on ---- */

/* Feeds the next bytes of the part. */
static enum XML_Status feed(struct xlsx_xml *xml)
{
    size_t size = 0;
    struct reason reason;
    void *buffer = XML_GetBuffer(xml->parser, CHUNK_BYTES);
    if (buffer == NULL) {
        out_of_memory(&reason);
        xlsx_xml_fail(xml, &reason);
        return XML_STATUS_ERROR;
    }
    if (!xlsx_part_read(xml->part, buffer, CHUNK_BYTES, &size, &reason)) {
        xlsx_xml_fail(xml, &reason);
        return XML_STATUS_ERROR;
    }
    xml->fed += size;
    xml->last_fed = size == 0;
    return XML_ParseBuffer(xml->parser, (int)size, size == 0);
}

/* What was fed and not yet taken is one token that goes on. */
static bool token_is_too_long(const struct xlsx_xml *xml)
{
    const XML_Index taken = XML_GetCurrentByteIndex(xml->parser);
    return taken >= 0 && xml->fed > (size_t)taken && xml->fed - (size_t)taken > XLSX_XML_TOKEN_BYTES_MAX;
}

static enum xlsx_xml_state failed(struct xlsx_xml *xml, struct reason *reason)
{
    if (!xml->failed) {
        reason_set(&xml->failure, REASON_MALFORMED, "文件内容有错（第 %lu 行：%s）：请用表格软件打开，另存为 .xlsx",
                   "the file's XML is wrong (line %lu: %s): open it in a spreadsheet program and save it as .xlsx",
                   XML_GetCurrentLineNumber(xml->parser), XML_ErrorString(XML_GetErrorCode(xml->parser)));
        xml->failed = true;
    }
    *reason = xml->failure;
    return XLSX_XML_FAILED;
}

enum xlsx_xml_state xlsx_xml_go_on(struct xlsx_xml *xml, struct reason *reason)
{
    if (xml->failed)
        return failed(xml, reason);
    while (xml->suspended || !xml->last_fed) {
        const enum XML_Status status = xml->suspended ? XML_ResumeParser(xml->parser) : feed(xml);
        xml->suspended = status == XML_STATUS_SUSPENDED;
        if (status == XML_STATUS_ERROR)
            return failed(xml, reason);
        if (xml->suspended)
            return XLSX_XML_PAUSED;
        if (token_is_too_long(xml)) {
            reason_set(&xml->failure, REASON_TOO_LARGE, "一个标记超过 %d KiB：不是表格软件写的文件",
                       "a tag of more than %d KiB: no spreadsheet program wrote it", XLSX_XML_TOKEN_BYTES_MAX / 1024);
            xml->failed = true;
            return failed(xml, reason);
        }
    }
    return XLSX_XML_ENDED;
}

size_t xlsx_xml_taken(const struct xlsx_xml *xml)
{
    const XML_Index taken = XML_GetCurrentByteIndex(xml->parser);
    return taken < 0 ? xml->fed : (size_t)taken;
}

bool xlsx_xml_read(struct xlsx_package *package, const char *part, const struct xlsx_elements *elements, void *context,
                   struct reason *reason)
{
    CLEANUP(xlsx_xml_close)
    struct xlsx_xml *xml = xlsx_xml_open(package, part, XLSX_COUNTED, elements, context, reason);
    return xml != NULL && xlsx_xml_go_on(xml, reason) == XLSX_XML_ENDED;
}

/* ---- attributes ---- */

const char *xlsx_attribute(const char *const *attributes, const char *name)
{
    for (; attributes[0] != NULL; attributes += 2)
        if (strcmp(local_name(attributes[0]), name) == 0)
            return attributes[1];
    return NULL;
}

bool xlsx_attribute_is_true(const char *const *attributes, const char *name)
{
    const char *value = xlsx_attribute(attributes, name);
    return value != NULL && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0 || strcmp(value, "on") == 0);
}

bool xlsx_attribute_number(const char *const *attributes, const char *name, uint32_t limit, uint32_t *number)
{
    const char *value = xlsx_attribute(attributes, name);
    uint64_t sum = 0;
    if (value == NULL || *value == '\0')
        return false;
    for (; *value != '\0'; value++) {
        if (*value < '0' || *value > '9' || sum > limit)
            return false;
        sum = sum * 10 + (uint64_t)(*value - '0');
    }
    if (sum > limit)
        return false;
    *number = (uint32_t)sum;
    return true;
}
