/* A program with two libraries: the first multiplies w4g128, the second t, and neither the other's.
 */
#include <stdio.h>
#include <string.h>

const char *first(const char *format, int zero);
const char *second(const char *format, int zero);

static int check(const char *what, const char *said, const char *wanted) {
    if (said == wanted || (said && wanted && strstr(said, wanted))) {
        return 0;
    }
    printf("%s: %s\n", what, said ? said : "no error");
    return 1;
}

int main(void) {
    return check("first w4g128", first("w4g128", 8), NULL) |
           check("second t", second("t", 1), NULL) |
           check("first t", first("t", 1), "not generated") |
           check("second w4g128", second("w4g128", 8), "not generated");
}
