#include "secrecy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before it */
#include <cmocka.h>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void memory_goes_into_no_core_file(void **state)
{
    (void)state;
    struct rlimit limit;
    secrecy_begin();
    assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
    assert_int_equal(limit.rlim_cur, 0);
    assert_int_equal(limit.rlim_max, 0);
}

static void others_of_the_same_user_cannot_look_into_it(void **state)
{
    (void)state;
    secrecy_begin();
    assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
}

static void what_is_created_is_for_the_own_user_alone_whatever_was_inherited(void **state)
{
    (void)state;
    umask(0);
    secrecy_begin();
    assert_int_equal(umask(077), 077);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_goes_into_no_core_file),
        cmocka_unit_test(others_of_the_same_user_cannot_look_into_it),
        cmocka_unit_test(what_is_created_is_for_the_own_user_alone_whatever_was_inherited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
