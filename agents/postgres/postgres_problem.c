#include "postgres_problem.h"

#include "utf8.h"

#include <stdio.h>
#include <string.h>

enum { SAID_SIZE = 160 };

/* The codes that an administrator can do something about; the first whose beginning fits. */
static const struct {
    const char *sqlstate; /* its beginning */
    const char *code;
    const char *zh;
    const char *en;
} known[] = {
    {"28P01", REASON_DATABASE_REFUSED, "密码不对：请核对 passfile 里的密码（文件权限须为 0600）",
     "wrong password: compare the passfile (its mode must be 0600)"},
    {"28", REASON_DATABASE_REFUSED, "数据库不让该账号登录：请管理员在 pg_hba.conf 里为它加一行，并核对账号名",
     "the account may not log in: the administrator adds a line for it to pg_hba.conf; compare the account's name"},
    {"3D000", REASON_DATABASE_REFUSED, "没有这个数据库：请核对 dbname", "there is no such database: compare dbname"},
    {"53300", REASON_DATABASE_UNREACHABLE, "数据库连接数已满：请管理员提高 max_connections 或该账号的连接上限",
     "too many connections: the administrator raises max_connections or the account's limit"},
    {"57P03", REASON_DATABASE_UNREACHABLE, "数据库正在启动或恢复", "the database is starting up or recovering"},
    {"57P01", REASON_DATABASE_UNREACHABLE, "数据库管理员关闭了连接", "the administrator closed the connection"},
    {"57014", REASON_DATABASE_QUERY, "查询超时：请在游标列上建索引，或把 chunk_rows 调小",
     "the query took too long: put an index on the cursor's columns, or lower chunk_rows"},
    {"25006", REASON_DATABASE_QUERY, "这个数据库只读（备机？）：请连到主库",
     "this server is read-only (a standby?): connect to "
     "the primary"},
    {"42501", REASON_DATABASE_QUERY, "该账号没有权限：请管理员授权",
     "the account lacks a right: the administrator grants it"},
    {"42P01", REASON_DATABASE_QUERY, "没有这张表：请核对表名和模式名",
     "there is no such table: compare its name and schema"},
    {"42703", REASON_DATABASE_QUERY, "没有这一列：请核对列名", "there is no such column: compare its name"},
    {"42", REASON_DATABASE_QUERY, "数据库不接受这个查询：请核对配置里的表、列和 query",
     "the database does not accept the query: compare table, columns and query of the configuration"},
    {"22", REASON_DATABASE_QUERY, "有一个值不能转换：请核对游标列的类型和 query",
     "a value cannot be converted: compare the cursor's types and the query"},
    {"08", REASON_DATABASE_UNREACHABLE, "连接中断", "the connection broke"},
    {"53", REASON_DATABASE_UNREACHABLE, "数据库服务器资源不足", "the server is short of memory or disk"},
};

/* What libpq itself says, in English (postgres_link.c), where the server sent no code. */
static const struct {
    const char *words;
    const char *code;
    const char *zh;
    const char *en;
} by_words[] = {
    {"SASL", REASON_DATABASE_REFUSED,
     "服务器要求的登录方式 libpq 不会（openGauss、GaussDB 默认如此）：请管理员设 password_encryption_type=1（兼容 "
     "md5），"
     "在 pg_hba.conf 里对该账号用 md5，再重设该账号的密码",
     "the server asks for a log-in that libpq does not know (openGauss by default): the administrator sets "
     "password_encryption_type=1 (md5 as well), md5 for this account in pg_hba.conf, and then its password anew"},
    {"authentication method", REASON_DATABASE_REFUSED,
     "服务器要求的登录方式 libpq 不会（openGauss、GaussDB 默认如此）：请管理员设 password_encryption_type=1（兼容 "
     "md5），"
     "在 pg_hba.conf 里对该账号用 md5，再重设该账号的密码",
     "the server asks for a log-in that libpq does not know (openGauss by default): the administrator sets "
     "password_encryption_type=1 (md5 as well), md5 for this account in pg_hba.conf, and then its password anew"},
    {"no password supplied", REASON_DATABASE_REFUSED,
     "服务器要密码，但没有找到：请写进 passfile 指的文件（权限须为 0600）",
     "the server wants a password and none was found: write it into the file that passfile names (mode 0600)"},
    {"expected authentication request", REASON_DATABASE_REFUSED, "那里不是 PostgreSQL：请核对地址和端口",
     "what answers there is no PostgreSQL: compare address and port"},
    {"invalid response to SSL negotiation", REASON_DATABASE_REFUSED, "那里不是 PostgreSQL：请核对地址和端口",
     "what answers there is no PostgreSQL: compare address and port"},
    {"SSL", REASON_DATABASE_REFUSED, "加密连接建不起来：请核对 sslmode 和证书",
     "no encrypted connection: compare sslmode and the certificates"},
    {"certificate", REASON_DATABASE_REFUSED, "加密连接建不起来：请核对 sslmode 和证书",
     "no encrypted connection: compare sslmode and the certificates"},
};

/* The first line of what was said, without control characters. */
static void first_line(const char *text, char said[static SAID_SIZE])
{
    snprintf(said, SAID_SIZE, "%s", text == NULL ? "" : text);
    said[strcspn(said, "\r\n")] = '\0';
    utf8_cut_broken(said);
    for (char *c = said; *c != '\0'; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
}

/* Both texts with what the server said behind. */
static void fill(struct postgres_problem *problem, const char *code, const char *zh, const char *en, const char *said)
{
    char behind[SAID_SIZE + SQLSTATE_SIZE + 8] = "";
    if (problem->sqlstate[0] != '\0' || said[0] != '\0')
        snprintf(behind, sizeof behind, " (%s%s%s)", problem->sqlstate,
                 problem->sqlstate[0] != '\0' && said[0] != '\0' ? "; " : "", said);
    struct reason *reason = &problem->reason;
    snprintf(reason->code, sizeof reason->code, "%s", code);
    snprintf(reason->zh, sizeof reason->zh, "%s%s", zh, behind);
    snprintf(reason->en, sizeof reason->en, "%s%s", en, behind);
    utf8_cut_broken(reason->zh);
    utf8_cut_broken(reason->en);
}

static void explain(struct postgres_problem *problem, const char *said, const char *otherwise)
{
    const char *state = problem->sqlstate;
    for (size_t i = 0; state[0] != '\0' && i < sizeof known / sizeof known[0]; i++) {
        if (strncmp(state, known[i].sqlstate, strlen(known[i].sqlstate)) != 0)
            continue;
        fill(problem, known[i].code, known[i].zh, known[i].en, strncmp(state, "22", 2) == 0 ? "" : said);
        return;
    }
    for (size_t i = 0; state[0] == '\0' && i < sizeof by_words / sizeof by_words[0]; i++) {
        if (strstr(said, by_words[i].words) == NULL)
            continue;
        fill(problem, by_words[i].code, by_words[i].zh, by_words[i].en, said);
        return;
    }
    if (strcmp(otherwise, REASON_DATABASE_QUERY) == 0)
        fill(problem, otherwise, "数据库没有完成查询", "the database did not do what was asked",
             strncmp(state, "23", 2) == 0 ? "" : said);
    else
        fill(problem, otherwise, "连不上数据库：请核对地址、端口和服务是否在运行",
             "the database is not reached: compare address and port, and whether the service runs", said);
}

/* The code in `FATAL:  28P01: password …`, as PQERRORS_VERBOSE writes it. */
static void find_sqlstate(const char *text, char sqlstate[static SQLSTATE_SIZE])
{
    static const char characters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    sqlstate[0] = '\0';
    for (const char *at = strstr(text, ":  "); at != NULL; at = strstr(at + 1, ":  "))
        if (strspn(at + 3, characters) == SQLSTATE_SIZE - 1 && at[3 + SQLSTATE_SIZE - 1] == ':') {
            memcpy(sqlstate, at + 3, SQLSTATE_SIZE - 1);
            sqlstate[SQLSTATE_SIZE - 1] = '\0';
            return;
        }
}

void postgres_problem_of_connection(const PGconn *connection, struct postgres_problem *problem)
{
    char said[SAID_SIZE];
    const char *text = PQerrorMessage(connection);
    *problem = (struct postgres_problem){0};
    find_sqlstate(text, problem->sqlstate);
    first_line(text, said);
    explain(problem, said, REASON_DATABASE_UNREACHABLE);
}

void postgres_problem_of_result(const PGresult *result, struct postgres_problem *problem)
{
    char said[SAID_SIZE];
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    *problem = (struct postgres_problem){0};
    if (state != NULL)
        snprintf(problem->sqlstate, sizeof problem->sqlstate, "%s", state);
    first_line(primary != NULL ? primary : PQresultErrorMessage(result), said);
    explain(problem, said, REASON_DATABASE_QUERY);
}
