#include "exports.h"

#include "article_document.h"
#include "documents.h"
#include "exporter.h"
#include "json.h"
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ASKED_SIZE = 2048,
    NAME_SIZE = 160,
    UNIT_NAME_SIZE = 256,
    CODE_SIZE = 24,
    UTC_OFFSET_MINUTES = 480 /* 北京时间, as the offices' sheets have it */
};

/* How the tree's view filters its rows; the export's table has the same. */
enum filter { FILTER_ZERO, FILTER_STATE, FILTER_KIND, FILTER_SEARCH, FILTERS };
static const char *const filter_names[FILTERS] = {"zero", "state", "kind", "q"};

/* One export on its way. */
struct entry {
    struct gateway *gateway;
    struct http_request *request;
    struct hub_link *link;
    char name[NAME_SIZE];
    struct export_name parsed;
    struct parameters parameters;
    json_t *document; /* the pages read so far, as one; NULL: the view has no pages */
    char account[ACCOUNT_NAME_SIZE];
    char unit[CODE_SIZE];
    char unit_name[UNIT_NAME_SIZE];
    char asked[ASKED_SIZE];
    char filter[FILTERS][PARAMETER_SIZE]; /* of the tree, by filter_names */
    bool waits_for_name;                  /* of its unit, from the hub */
    int64_t begun_ms;
    struct entry *next;
};

struct exports {
    struct exporter *exporter;
    struct entry *entries;
    unsigned count;
};

struct exports *exports_open(struct fault *fault)
{
    struct exports *exports = calloc(1, sizeof *exports);
    if (exports == NULL)
        abort();
    exports->exporter = exporter_open(NULL, fault);
    if (exports->exporter != NULL)
        return exports;
    free(exports);
    return NULL;
}

static void free_entry(struct entry *entry)
{
    parameters_clear(&entry->parameters);
    json_decref(entry->document);
    free(entry);
}

void exports_close(struct exports **exports, struct unit_directories *directories)
{
    struct exports *closing = *exports;
    *exports = NULL;
    if (closing == NULL)
        return;
    exporter_close(&closing->exporter);
    while (closing->entries != NULL) {
        struct entry *entry = closing->entries;
        closing->entries = entry->next;
        unit_directories_forget(directories, entry);
        free_entry(entry);
    }
    free(closing);
}

/* Ends it after its answer. */
static void forget(struct entry *entry)
{
    struct exports *exports = entry->gateway->exports;
    for (struct entry **link = &exports->entries; *link != NULL; link = &(*link)->next)
        if (*link == entry) {
            *link = entry->next;
            break;
        }
    exports->count--;
    free_entry(entry);
}

static void refuse(struct http_request *request, enum problem_code code)
{
    enum { COME_BACK_S = 5 };
    struct problem problem;
    problem_set(&problem, code, NULL, NULL);
    problem.retry_after_s = code == PROBLEM_BUSY ? COME_BACK_S : 0;
    http_reply_problem(request, &problem);
}

/* ---- the file ---- */

static void take_file(void *context, const char *file_name, uint8_t **bytes, size_t size, const struct fault *fault)
{
    struct entry *entry = context;
    if (*bytes == NULL) {
        refuse(entry->request, fault->code == FAULT_FULL ? PROBLEM_TOO_LARGE : PROBLEM_INTERNAL);
        forget(entry);
        return;
    }
    struct content *content = content_new(200, export_content_type(entry->parsed.format), bytes, size);
    if (content != NULL)
        snprintf(content->file_name, sizeof content->file_name, "%s", file_name);
    http_set_cache_control(entry->request, "private, no-store");
    http_reply(entry->request, &content);
    forget(entry);
}

static const char *office_name(const Sanling__V1__Welcome *welcome)
{
    const ProtobufCEnumValue *office =
        welcome == NULL
            ? NULL
            : protobuf_c_enum_descriptor_get_value(&sanling__v1__office__kind__descriptor, (int)welcome->office);
    return office == NULL ? "UNSPECIFIED" : office->name;
}

static struct export_filter filter_of(const struct entry *entry)
{
    return (struct export_filter){.zero = entry->filter[FILTER_ZERO],
                                  .state = entry->filter[FILTER_STATE],
                                  .kind = entry->filter[FILTER_KIND],
                                  .search = entry->filter[FILTER_SEARCH]};
}

static void make_file(struct entry *entry, const uint8_t *document, size_t size)
{
    struct fault fault;
    char now[TIMESTAMP_TEXT_SIZE] = "";
    const Google__Protobuf__Timestamp *time = hub_link_time(entry->link);
    const Sanling__V1__Welcome *welcome = hub_link_welcome(entry->link);
    if (time != NULL && !timestamp_format(time->seconds, 0, now))
        now[0] = '\0';
    const struct export_mark mark = {.unit = entry->unit,
                                     .unit_name = entry->unit_name[0] == '\0' ? NULL : entry->unit_name,
                                     .account = entry->account,
                                     .office = office_name(welcome),
                                     .taken_at = now,
                                     .query = entry->asked,
                                     .demonstration = welcome != NULL && welcome->demonstration,
                                     .utc_offset_minutes = UTC_OFFSET_MINUTES,
                                     .filter = filter_of(entry)};
    if (exporter_start(entry->gateway->exports->exporter, entry->name, &mark, document, size, take_file, entry, &fault))
        return;
    refuse(entry->request, fault.code == FAULT_FULL ? PROBLEM_BUSY : PROBLEM_INTERNAL);
    forget(entry);
}

/* ---- its document ---- */

/* Which document a view's table is made of, what of it is the list that comes in pages (NULL: it comes whole), and how
 * many rows a page has. */
struct view {
    const struct document_kind *kind; /* NULL: the article's */
    const char *rows;
    unsigned page;
};

static struct view view_of(enum export_view view)
{
    switch (view) {
    case EXPORT_OVERVIEW:
        return (struct view){&summary_kind, NULL, 0};
    case EXPORT_TREE:
        return (struct view){&tree_kind, NULL, 0};
    case EXPORT_UNITS:
        return (struct view){&status_kind, NULL, 0};
    case EXPORT_MATTERS:
        return (struct view){&matters_kind, "matters", DOCUMENT_ROWS_MAX};
    case EXPORT_CAMPAIGNS:
        return (struct view){&campaigns_kind, NULL, 0};
    case EXPORT_DISCREPANCIES:
        return (struct view){&discrepancies_kind, NULL, 0};
    case EXPORT_ATTENTION:
        return (struct view){&attention_kind, "rows", DOCUMENT_ROWS_MAX};
    case EXPORT_FIGURE:
        return (struct view){&figure_kind, "rows", DOCUMENT_RECORDS_MAX};
    case EXPORT_TRENDS:
        return (struct view){&trends_kind, NULL, 0};
    case EXPORT_DIFFERENCE:
        return (struct view){&difference_kind, "rows", DOCUMENT_ROWS_MAX};
    case EXPORT_EVENTS:
        return (struct view){&events_kind, "records", DOCUMENT_RECORDS_MAX};
    case EXPORT_ARTICLE:
        return (struct view){NULL, NULL, 0};
    }
    abort();
}

static void set(struct parameters *parameters, enum parameter which, const char *value)
{
    free(parameters->values[which]);
    parameters->values[which] = strdup(value);
}

static void set_number(struct parameters *parameters, enum parameter which, size_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%zu", value);
    set(parameters, which, text);
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text == NULL ? "" : text;
}

/* How many rows the list has in all. */
static size_t total_of(const json_t *document)
{
    const json_t *rows = json_object_get(document, "rowCount");
    return (size_t)json_integer_value(rows != NULL ? rows : json_object_get(document, "total"));
}

/* Where the next page begins. false: there is none. */
static bool next_page(struct entry *entry, const struct view *view, size_t page_rows)
{
    const json_t *rows = json_object_get(entry->document, view->rows);
    const size_t count = json_array_size(rows);
    const json_t *last = count == 0 ? NULL : json_array_get(rows, count - 1);
    struct parameters *parameters = &entry->parameters;
    if (entry->parsed.view == EXPORT_EVENTS) {
        const char *before = text_of(entry->document, "before");
        set(parameters, PARAMETER_BEFORE, before);
        return count < EXPORT_EVENTS_MAX && before[0] != '\0' && strcmp(before, "0") != 0;
    }
    if (count >= EXPORT_ROWS_MAX || count >= total_of(entry->document) || page_rows == 0)
        return false;
    /* In the order in which they were opened, matters go on behind a position. */
    if (entry->parsed.view == EXPORT_MATTERS && parameters->values[PARAMETER_SORT] == NULL)
        set(parameters, PARAMETER_AFTER, text_of(last, "openedAt"));
    else
        set_number(parameters, PARAMETER_AFTER, count);
    return true;
}

/* The first page's moment holds for all: a row must not come twice because something was recorded meanwhile. */
static void fix_moment(struct entry *entry)
{
    const json_t *moment = json_object_get(entry->document, "moment");
    if (text_of(moment, "day")[0] == '\0' || text_of(moment, "position")[0] == '\0')
        return;
    set(&entry->parameters, PARAMETER_AT, text_of(moment, "day"));
    set(&entry->parameters, PARAMETER_KNOWN, text_of(moment, "position"));
}

/* Adds a page to what is there. Returns how many rows it had. */
static size_t add_page(struct entry *entry, const struct view *view, json_t *page)
{
    json_t *rows = json_object_get(page, view->rows);
    json_t *records = json_object_get(page, "records");
    const size_t count = json_array_size(rows);
    if (entry->document == NULL) {
        entry->document = page;
        return count;
    }
    json_array_extend(json_object_get(entry->document, view->rows), rows);
    if (strcmp(view->rows, "records") != 0 && records != NULL)
        json_array_extend(json_object_get(entry->document, "records"), records);
    if (json_object_get(page, "before") != NULL)
        json_object_set(entry->document, "before", json_object_get(page, "before"));
    json_decref(page);
    return count;
}

static void ask(struct entry *entry);

static void take_page(struct entry *entry, const struct view *view, const struct content *content)
{
    json_t *page = json_loadb((const char *)content->bytes, content->size, 0, NULL);
    const bool first = entry->document == NULL;
    const size_t count = add_page(entry, view, page);
    const bool more = next_page(entry, view, count);
    if (more && first)
        fix_moment(entry);
    if (more) {
        ask(entry);
        return;
    }
    char *text = json_dumps(entry->document, JSON_COMPACT);
    if (text == NULL) {
        refuse(entry->request, PROBLEM_INTERNAL);
        forget(entry);
        return;
    }
    make_file(entry, (const uint8_t *)text, strlen(text));
    free(text);
}

static void take_document(void *waiter, struct content *content, const struct problem *problem)
{
    struct entry *entry = waiter;
    const struct view view = view_of(entry->parsed.view);
    if (content == NULL) {
        http_reply_problem(entry->request, problem);
        forget(entry);
    } else if (view.rows != NULL) {
        take_page(entry, &view, content);
    } else {
        make_file(entry, content->bytes, content->size);
    }
    content_release(&content);
}

/* Parameters are given away with each question: this is what the next page asks with. */
static struct parameters copy_parameters(const struct parameters *parameters)
{
    struct parameters copy = {.item = parameters->item == NULL ? NULL : strdup(parameters->item)};
    for (unsigned i = 0; i < PARAMETER_COUNT; i++)
        copy.values[i] = parameters->values[i] == NULL ? NULL : strdup(parameters->values[i]);
    return copy;
}

static void ask(struct entry *entry)
{
    struct gateway *gateway = entry->gateway;
    const struct view view = view_of(entry->parsed.view);
    struct parameters parameters = copy_parameters(&entry->parameters);
    if (view.kind == NULL)
        article_documents_ask(gateway->articles, entry->link, &parameters, take_document, entry);
    else
        document_cache_ask(gateway->documents, view.kind, entry->link, &parameters, take_document, entry);
}

/* ---- what was asked ---- */

static const char *look(const void *context, const char *name)
{
    return http_argument(context, name);
}

/* false: one is none that the tree's view has. */
static bool take_filter(struct entry *entry, struct problem *problem)
{
    for (unsigned i = 0; entry->parsed.view == EXPORT_TREE && i < FILTERS; i++) {
        const char *value = http_argument(entry->request, filter_names[i]);
        if (value != NULL && (strlen(value) >= PARAMETER_SIZE || wire_check_text(value, strlen(value)) != WIRE_OK))
            return problem_set(problem, PROBLEM_BAD_QUERY, NULL, NULL);
        snprintf(entry->filter[i], PARAMETER_SIZE, "%s", value == NULL ? "" : value);
    }
    const struct export_filter filter = filter_of(entry);
    return export_filter_valid(&filter) ||
           problem_set(problem, PROBLEM_BAD_QUERY, "参数 zero、state 或 kind：没有这样的筛选。",
                       "zero, state or kind: there is no such filter.");
}

/* "unit=140322000000 kind=HAZARD", for the lines in front of the table. */
static void write_asked(struct entry *entry)
{
    size_t used = 0;
    for (unsigned i = 0; i < PARAMETER_COUNT && used + PARAMETER_SIZE < sizeof entry->asked; i++)
        if (entry->parameters.values[i] != NULL)
            used += (size_t)snprintf(entry->asked + used, sizeof entry->asked - used, "%s%s=%s", used == 0 ? "" : " ",
                                     parameter_name((enum parameter)i), entry->parameters.values[i]);
    for (unsigned i = 0; i < FILTERS && used + PARAMETER_SIZE < sizeof entry->asked; i++)
        if (entry->filter[i][0] != '\0')
            used += (size_t)snprintf(entry->asked + used, sizeof entry->asked - used, "%s%s=%s", used == 0 ? "" : " ",
                                     filter_names[i], entry->filter[i]);
}

/* All rows, not those of a screen. */
static void ask_whole_list(struct entry *entry, const struct view *view)
{
    free(entry->parameters.values[PARAMETER_AFTER]);
    entry->parameters.values[PARAMETER_AFTER] = NULL;
    if (view->rows != NULL)
        set_number(&entry->parameters, PARAMETER_LIMIT, view->page);
}

static void take_directory(void *owner, const struct unit_directory *directory, const struct hub_reply *why)
{
    struct entry *entry = owner;
    (void)why; /* without it the table has the code alone */
    entry->waits_for_name = false;
    if (directory != NULL)
        snprintf(entry->unit_name, sizeof entry->unit_name, "%s", unit_directory_name(directory, entry->unit));
    ask(entry);
}

static void find_unit(struct entry *entry)
{
    const char *asked = entry->parameters.values[PARAMETER_UNIT];
    const json_t *root = streams_root_summary(entry->gateway->streams, entry->link);
    const bool is_root = asked == NULL || asked[0] == '\0' || strcmp(asked, text_of(root, "unit")) == 0;
    snprintf(entry->unit, sizeof entry->unit, "%s", is_root ? text_of(root, "unit") : asked);
    if (is_root) {
        snprintf(entry->unit_name, sizeof entry->unit_name, "%s", text_of(root, "name"));
        ask(entry);
        return;
    }
    const struct unit_directory *directory =
        unit_directories_get(entry->gateway->directories, entry->link, entry->unit, take_directory, entry);
    entry->waits_for_name = directory == NULL;
    if (directory != NULL)
        take_directory(entry, directory, NULL);
}

void exports_handle(struct gateway *gateway, struct http_request *request, const char *name, struct hub_link *link,
                    const struct web_session *session)
{
    struct exports *exports = gateway->exports;
    struct export_name parsed;
    struct problem problem;
    if (strlen(name) >= NAME_SIZE || !export_parse(name, &parsed) ||
        (parsed.view == EXPORT_ARTICLE && gateway->articles == NULL)) {
        refuse(request, PROBLEM_NOT_FOUND);
        return;
    }
    struct entry *entry = exports->count < EXPORTS_MAX ? calloc(1, sizeof *entry) : NULL;
    if (entry == NULL) {
        refuse(request, PROBLEM_BUSY);
        return;
    }
    const struct view view = view_of(parsed.view);
    *entry = (struct entry){.gateway = gateway,
                            .request = request,
                            .link = link,
                            .parsed = parsed,
                            .begun_ms = gateway->now_ms,
                            .next = exports->entries};
    exports->entries = entry;
    exports->count++;
    snprintf(entry->name, sizeof entry->name, "%s", name);
    snprintf(entry->account, sizeof entry->account, "%s", session->account);
    const uint32_t accepts = view.kind == NULL ? MOMENT_PARAMETERS : view.kind->accepts;
    if (!parameters_take(&entry->parameters, accepts, parsed.of[0] == '\0' ? NULL : parsed.of, look, request,
                         &problem) ||
        !take_filter(entry, &problem)) {
        http_reply_problem(request, &problem);
        forget(entry);
        return;
    }
    write_asked(entry);
    ask_whole_list(entry, &view);
    find_unit(entry);
}

static void take_article(void *waiter, struct content *content, const struct problem *problem)
{
    if (content != NULL)
        http_reply(waiter, &content);
    else
        http_reply_problem(waiter, problem);
}

void article_handle(struct gateway *gateway, struct http_request *request, struct hub_link *link)
{
    struct parameters parameters;
    struct problem problem;
    if (gateway->articles == NULL) {
        refuse(request, PROBLEM_NOT_FOUND);
        return;
    }
    http_set_cache_control(request, "private, no-cache");
    if (!parameters_take(&parameters, MOMENT_PARAMETERS, NULL, look, request, &problem)) {
        parameters_clear(&parameters);
        http_reply_problem(request, &problem);
        return;
    }
    article_documents_ask(gateway->articles, link, &parameters, take_article, request);
}

int exports_fd(const struct exports *exports)
{
    return exporter_fd(exports->exporter);
}

/* An export whose unit's name does not come: the hub is gone, or does not answer. NULL: none. */
static struct entry *find_overdue(const struct exports *exports, int64_t now_ms)
{
    for (struct entry *entry = exports->entries; entry != NULL; entry = entry->next)
        if (entry->waits_for_name &&
            (hub_link_gone(entry->link, entry->begun_ms) || now_ms - entry->begun_ms >= DOCUMENT_CACHE_PATIENCE_MS))
            return entry;
    return NULL;
}

void exports_tick(struct exports *exports, int64_t now_ms)
{
    struct entry *entry;
    while ((entry = find_overdue(exports, now_ms)) != NULL) {
        unit_directories_forget(entry->gateway->directories, entry);
        refuse(entry->request, PROBLEM_HUB_UNREACHABLE);
        forget(entry);
    }
    exporter_run(exports->exporter, now_ms);
}

int exports_wait_ms(const struct exports *exports, int64_t now_ms)
{
    enum { TICK_MS = 250 };
    const int wait_ms = exporter_wait_ms(exports->exporter, now_ms);
    for (const struct entry *entry = exports->entries; entry != NULL; entry = entry->next)
        if (entry->waits_for_name)
            return wait_ms >= 0 && wait_ms < TICK_MS ? wait_ms : TICK_MS;
    return wait_ms;
}
