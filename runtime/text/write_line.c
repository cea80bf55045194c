/* Writes a line of words into the caller's memory. */
#include "text/write_line.h"

static void add_byte(struct loom_line *line, char byte) {
    const unsigned char code = (unsigned char)byte;
    if (line->length + 1 < line->size) {
        line->text[line->length] = code < ' ' || code == 127 ? '?' : byte;
        line->text[line->length + 1] = 0;
    }
    line->length++;
}

void loom_line_add(struct loom_line *line, const char *words) {
    if (line->length == 0 && line->size > 0) {
        line->text[0] = 0;
    }
    while (*words) {
        add_byte(line, *words++);
    }
}

void loom_line_add_number(struct loom_line *line, size_t number) {
    char digits[24];
    size_t first = sizeof digits - 1;
    digits[first] = 0;
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    loom_line_add(line, digits + first);
}
