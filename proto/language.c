#include "language.h"

#include <langinfo.h>
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DOMAIN "sanling"

/* What is always there, and unlike "C" lets gettext look at LANGUAGE. */
#define FALLBACK "C.UTF-8"

static const char *filled(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* The locale that was asked for; NULL: none was. */
static const char *asked_for(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *value = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && value == NULL; i++)
        value = filled(names[i]);
    return value;
}

/* The service manager says which file its journal is. */
static bool errors_go_to_journal(void)
{
    const char *journal = filled("JOURNAL_STREAM");
    struct stat status;
    char own[64];
    if (journal == NULL || fstat(STDERR_FILENO, &status) != 0)
        return false;
    snprintf(own, sizeof own, "%llu:%llu", (unsigned long long)status.st_dev, (unsigned long long)status.st_ino);
    return strcmp(journal, own) == 0;
}

static void find_catalogues(void)
{
    char path[PATH_MAX];
    const ssize_t size = readlink("/proc/self/exe", path, sizeof path - sizeof "/../share/locale");
    char *slash = NULL;
    if (size > 0) {
        path[size] = '\0';
        slash = strrchr(path, '/');
    }
    if (slash == NULL)
        return;
    strcpy(slash, "/../share/locale");
    bindtextdomain(DOMAIN, path);
    bind_textdomain_codeset(DOMAIN, "UTF-8");
}

static void choose_messages(void)
{
    const char *asked = asked_for();
    const bool plain = asked != NULL && (strcmp(asked, "C") == 0 || strcmp(asked, "POSIX") == 0);
    if (plain || errors_go_to_journal()) {
        setlocale(LC_MESSAGES, "C");
        return;
    }
    if (asked != NULL && setlocale(LC_MESSAGES, "") != NULL)
        return;
    if (asked != NULL && filled("LANGUAGE") == NULL)
        setenv("LANGUAGE", asked, 1);
    setlocale(LC_MESSAGES, FALLBACK);
}

void language_choose(void)
{
    if (setlocale(LC_CTYPE, "") == NULL || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, FALLBACK);
    choose_messages();
    find_catalogues();
}

bool language_asked_is(const char *code)
{
    const char *language = filled("LANGUAGE");
    if (language == NULL)
        language = asked_for();
    return language != NULL && strncmp(language, code, strlen(code)) == 0;
}

void language_english(void)
{
    setlocale(LC_MESSAGES, "C");
}

const char *translated(const char *english)
{
    return english[0] == '\0' ? english : dgettext(DOMAIN, english); /* the empty text is the catalogue's header */
}
