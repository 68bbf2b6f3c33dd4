/* Beyond loopback the page is served with a certificate or not at all, and what is said on how to get one works. */
#include "listen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "folder.h"

static void loopback_is_told_from_everything_else(void **state)
{
    static const struct {
        const char *text;
        const char *host;
        unsigned port;
        bool loopback;
    } cases[] = {{"127.0.0.1:7380", "127.0.0.1", 7380, true}, {"127.8.9.1:0", "127.8.9.1", 0, true},
                 {"[::1]:65535", "::1", 65535, true},         {"[::ffff:127.0.0.1]:1", "::ffff:127.0.0.1", 1, true},
                 {"0.0.0.0:443", "0.0.0.0", 443, false},      {"10.0.0.1:443", "10.0.0.1", 443, false},
                 {"128.0.0.1:443", "128.0.0.1", 443, false},  {"[::]:443", "::", 443, false},
                 {"[fe80::1]:443", "fe80::1", 443, false},    {"[::ffff:10.0.0.1]:443", "::ffff:10.0.0.1", 443, false}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct listen_address address;
        struct fault fault = {0};
        if (!listen_address_parse(cases[i].text, &address, &fault))
            fail_msg("%s: %s", cases[i].text, fault.text);
        assert_string_equal(address.host, cases[i].host);
        assert_int_equal(address.port, cases[i].port);
        assert_int_equal(address.loopback, cases[i].loopback);
        assert_int_equal(listen_allowed(&address, false, &fault), cases[i].loopback);
        assert_true(listen_allowed(&address, true, &fault));
    }
}

static void what_is_no_address_with_a_port_is_refused(void **state)
{
    static const char *const texts[] = {"",
                                        "127.0.0.1",
                                        "localhost:7380",
                                        "127.0.0.1:",
                                        "127.0.0.1:65536",
                                        "127.1:80",
                                        "127.0.0.1:-1",
                                        "127.0.0.1: 80",
                                        "::1:80",
                                        "[::1]",
                                        "[::1]80",
                                        "[::1",
                                        "[127.0.0.1]:80",
                                        "[::1%lo]:80",
                                        ":80",
                                        "*:80",
                                        "0x7f.1:80",
                                        "127.0.0.1:80x",
                                        "[]:80",
                                        "[0000000000000000000000000000000000000000000000001]:80"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct listen_address address;
        struct fault fault = {0};
        if (listen_address_parse(texts[i], &address, &fault))
            fail_msg("taken: '%s'", texts[i]);
        assert_int_equal(fault.code, FAULT_USAGE);
    }
}

static void make_folder(char folder[static FOLDER_PATH_SIZE], const char *address)
{
    struct listen_address listen;
    struct fault fault;
    char command[2048];
    folder_make(folder);
    assert_true(listen_address_parse(address, &listen, &fault));
    assert_false(listen_allowed(&listen, false, &fault));
    const char *lines = strchr(fault.text, '\n');
    assert_non_null(lines);
    snprintf(command, sizeof command, "cd %s && exec >openssl.log 2>&1; set -e%s", folder, lines);
    assert_int_equal(system(command), 0);
}

static void what_is_said_makes_a_certificate_that_is_taken(void **state)
{
    char folder[FOLDER_PATH_SIZE];
    char certificate[512];
    char key[512];
    char command[1024];
    struct listen_tls tls;
    struct fault fault;
    (void)state;
    make_folder(folder, "10.20.30.40:7380");
    folder_file(folder, "page.crt", certificate);
    folder_file(folder, "page.key", key);
    if (!listen_tls_read(certificate, key, &tls, &fault))
        fail_msg("%s", fault.text);
    const int64_t days = (tls.expires_at_s - time(NULL)) / 86400;
    assert_in_range(days, 798, 800);
    assert_int_equal(listen_tls_days_left(&tls, tls.expires_at_s - 86400), 1);
    assert_int_equal(listen_tls_days_left(&tls, tls.expires_at_s - 86399), 0);
    assert_int_equal(listen_tls_days_left(&tls, tls.expires_at_s + 1), -1);
    assert_non_null(strstr(tls.certificate, "BEGIN CERTIFICATE"));
    listen_tls_clear(&tls);
    /* As a browser checks it: the CA is trusted, the address is the certificate's, and it is no CA itself. */
    snprintf(command, sizeof command,
             "cd %s && openssl verify -CAfile ca.crt -verify_ip 10.20.30.40 -purpose sslserver page.crt >/dev/null && "
             "! openssl verify -CAfile ca.crt -verify_ip 10.20.30.41 page.crt >/dev/null 2>&1 && "
             "openssl x509 -in page.crt -noout -text | grep -q CA:FALSE && "
             "! openssl x509 -in page.crt -noout -text | grep -q CA:TRUE",
             folder);
    assert_int_equal(system(command), 0);

    char other[512];
    folder_file(folder, "ca.key", other);
    assert_false(listen_tls_read(certificate, other, &tls, &fault));
    assert_non_null(strstr(fault.text, "is not the key of"));
    assert_null(tls.certificate);
    assert_null(tls.key);
    assert_false(listen_tls_read(key, key, &tls, &fault));
    assert_non_null(strstr(fault.text, "certificate: "));
    assert_false(listen_tls_read(certificate, certificate, &tls, &fault));
    assert_int_equal(chmod(key, 0644), 0);
    assert_false(listen_tls_read(certificate, key, &tls, &fault));
    assert_non_null(strstr(fault.text, "everybody can read it"));
    folder_remove(folder);
}

static void the_longest_address_leaves_room_for_all_of_it(void **state)
{
    struct listen_address address;
    struct fault fault;
    (void)state;
    assert_true(listen_address_parse("[2001:0db8:1111:2222:3333:4444:111.112.113.114]:7380", &address, &fault));
    assert_false(listen_allowed(&address, false, &fault));
    assert_string_equal(fault.text + strlen(fault.text) - strlen("-out page.crt"), "-out page.crt");
}

static void files_that_cannot_be_read_are_named(void **state)
{
    struct listen_tls tls;
    struct fault fault;
    (void)state;
    assert_false(listen_tls_read("/nowhere/page.crt", "/nowhere/page.key", &tls, &fault));
    assert_int_equal(fault.code, FAULT_USAGE);
    assert_non_null(strstr(fault.text, "certificate: /nowhere/page.crt: "));
    assert_false(listen_tls_read("/", "/", &tls, &fault));
    assert_non_null(strstr(fault.text, "no PEM file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loopback_is_told_from_everything_else),
        cmocka_unit_test(what_is_no_address_with_a_port_is_refused),
        cmocka_unit_test(what_is_said_makes_a_certificate_that_is_taken),
        cmocka_unit_test(the_longest_address_leaves_room_for_all_of_it),
        cmocka_unit_test(files_that_cannot_be_read_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
