/* sanlingctl explain: what a code means, who acts and what to do. Needs no hub. */
#include "code_table.h"
#include "commands.h"
#include "language.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static json_t *term_json(struct term term)
{
    return json_pack("{s:s, s:s}", "zh", term.chinese, "en", term.english);
}

static json_t *code_json(const struct code_words *words)
{
    return json_pack("{s:s, s:o, s:o, s:o}", "code", words->code, "meaning", term_json(words->meaning), "who",
                     term_json(actor_term(words->who)), "what", term_json(words->what));
}

static void print_json(json_t *document)
{
    if (document == NULL)
        abort();
    json_dumpf(document, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(document);
}

static void print_chinese(const struct code_words *words)
{
    printf("%s  %s\n  谁来处理：%s\n  怎么办：%s\n", words->code, words->meaning.chinese,
           actor_term(words->who).chinese, words->what.chinese);
}

static void print_english(const struct code_words *words)
{
    printf("%s  %s\n  who acts: %s\n  what to do: %s\n", words->code, words->meaning.english,
           actor_term(words->who).english, words->what.english);
}

static int explain_one(const struct tool *tool, const char *text)
{
    struct code_words words;
    if (!code_find(text, &words))
        return tool_report(STATUS_NO, "NO", "no program says the code '%s'; try: sanlingctl explain", text);
    if (tool->json) {
        print_json(code_json(&words));
    } else if (language_asked_is("en")) {
        print_english(&words);
        print_chinese(&words);
    } else {
        print_chinese(&words);
        print_english(&words);
    }
    return STATUS_DONE;
}

static void list_all(const struct tool *tool)
{
    const bool english = language_asked_is("en");
    json_t *all = tool->json ? json_array() : NULL;
    for (size_t i = 0; i < code_count(); i++) {
        const struct code_words words = code_at(i);
        const struct term *meaning = &words.meaning;
        if (all != NULL)
            json_array_append_new(all, code_json(&words));
        else
            printf("%-20s  %s  %s\n", words.code, english ? meaning->english : meaning->chinese,
                   english ? meaning->chinese : meaning->english);
    }
    if (all != NULL)
        print_json(json_pack("{s:o}", "codes", all));
}

int run_explain(struct tool *tool, int argc, char **argv)
{
    const char *words[1];
    tool_parse_words(tool, argc, argv, "[CODE]",
                     "Examples:\n"
                     "  sanlingctl explain UNKNOWN_UNIT\n"
                     "  sanlingctl explain\n"
                     "\n"
                     "What a code means, who acts and what to do; without CODE the list of all. Needs no hub. Codes "
                     "stand in [BRACKETS] in messages, in reports and in .rejected.csv.",
                     0, 1, words);
    if (words[0] != NULL)
        return explain_one(tool, words[0]);
    list_all(tool);
    return STATUS_DONE;
}
