/* A kernel used through a plan, as a program uses it: packed, unpacked, prepared and multiplied
 * in pieces. */
#include "plan.h"
#include "select/select.h"
#include "verify/problem.h"

#include "common/one_kernel.h"

#include <string.h>

struct run {
    struct problem *p;
    struct one_kernel one;
    uint8_t *packed, *prepared;
    loom_parts unpacked;
    float *y;
    size_t y_stride;
    size_t cut[4];      /* three ranges of rows; the first and the last may be empty */
    loom_status status; /* of the library's calls so far */
    const char *failed; /* the call that did not return LOOM_OK */
};

static bool ok(struct run *run, const char *called, loom_status status) {
    run->status = status;
    if (status != LOOM_OK) {
        run->failed = called;
    }
    return status == LOOM_OK;
}

static bool make_plan(struct run *run) {
    struct problem *p = run->p;
    const struct verify *verify = p->verify;
    const uint32_t least = verify->registry->isas[p->kernel->isa].needs;
    const uint32_t features = random_below(&p->random, 2) ? verify->features : least;
    return ok(run, "loom_select",
              one_kernel_plan(&run->one, verify->registry, p->kernel, &p->c.format, p->c.m, p->c.k,
                              features));
}

static void do_pack(void *context) {
    struct run *run = context;
    const loom_parts *parts = &run->p->w.parts;
    const loom_plan *plan = &run->one.plan;
    const size_t block = plan->row_block, m = run->p->c.m;
    const size_t split = m / 2 / block * block;
    if (split &&
        !ok(run, "loom_pack_parts", loom_pack_parts(plan, run->packed, parts, 8, split, m))) {
        return;
    }
    ok(run, "loom_pack_parts", loom_pack_parts(plan, run->packed, parts, 8, 0, split ? split : m));
}

static void do_unpack(void *context) {
    struct run *run = context;
    for (int i = 2; i >= 0; i--) {
        if (run->cut[i] < run->cut[i + 1] &&
            !ok(run, "loom_unpack_parts",
                loom_unpack_parts(&run->one.plan, run->packed, &run->unpacked, run->cut[i],
                                  run->cut[i + 1]))) {
            return;
        }
    }
}

static void do_prepare(void *context) {
    struct run *run = context;
    struct problem *p = run->p;
    const size_t parts = 1 + random_below(&p->random, 5);
    for (size_t part = parts; part-- > 0;) {
        if (!ok(run, "loom_prepare",
                loom_prepare(&run->one.plan, run->prepared, p->x, p->x_stride, p->c.n, part,
                             parts))) {
            return;
        }
    }
}

static void multiply(struct run *run, int range) {
    const size_t begin = run->cut[range], end = run->cut[range + 1];
    if (begin < end) {
        ok(run, "loom_matmul",
           loom_matmul(&run->one.plan, run->y, run->y_stride, run->packed, run->prepared,
                       run->p->c.n, begin, end));
    }
}

static void do_middle(void *context) {
    multiply(context, 1);
}

static void do_ends(void *context) {
    struct run *run = context;
    multiply(run, 2);
    if (run->status == LOOM_OK) {
        multiply(run, 0);
    }
}

static bool step(struct run *run, const char *called, void (*call)(void *)) {
    if (!problem_run(run->p, called, call, run)) {
        return false;
    }
    if (run->status != LOOM_OK) {
        return problem_fail(run->p, run->failed, "%s", loom_status_text(run->status));
    }
    return true;
}

static bool check_stream(struct run *run) {
    const uint8_t *packed = run->packed + loom_packed_offsets(&run->one.plan).weights;
    const uint8_t *expected = run->p->stream;
    for (size_t i = 0; i < run->p->stream_bytes; i++) {
        if (packed[i] != expected[i]) {
            return problem_fail(run->p, "loom_pack_parts",
                                "byte %zu of the stream: expected 0x%02x, got 0x%02x", i,
                                expected[i], packed[i]);
        }
    }
    return true;
}

static bool pack(struct run *run) {
    struct problem *p = run->p;
    run->packed = guard_alloc(&p->guard, "packed", loom_packed_size(&run->one.plan), LOOM_ALIGN);
    if (!step(run, "loom_pack_parts", do_pack)) {
        return false;
    }
    run->packed = guard_view(&p->guard, run->packed);
    return check_stream(run);
}

static bool unpack(struct run *run) {
    struct problem *p = run->p;
    const char *called = "loom_unpack_parts";
    run->unpacked = make_parts(&p->c, &p->guard);
    if (!step(run, called, do_unpack)) {
        return false;
    }
    const char *part = reference_differs(&p->w, &run->unpacked);
    return !part || problem_fail(p, called, "other %s than were packed", part);
}

static bool prepare(struct run *run) {
    struct problem *p = run->p;
    const size_t size = loom_prepared_size(&run->one.plan, p->c.n);
    run->prepared = guard_alloc(&p->guard, "prepared", size, LOOM_ALIGN);
    if (!step(run, "loom_prepare", do_prepare)) {
        return false;
    }
    run->prepared = guard_view(&p->guard, run->prepared);
    return true;
}

static bool matmul(struct run *run) {
    struct problem *p = run->p;
    const size_t m = p->c.m;
    const char *called = "loom_matmul";
    run->y_stride = m + random_below(&p->random, 4);
    run->y = guard_alloc(&p->guard, "y", ((p->c.n - 1) * run->y_stride + m) * sizeof *run->y, 4);
    return step(run, called, do_middle) &&
           problem_untouched(p, called, run->y, run->y_stride, m, 0, run->cut[1]) &&
           problem_untouched(p, called, run->y, run->y_stride, m, run->cut[2], run->y_stride) &&
           step(run, called, do_ends) &&
           problem_untouched(p, called, run->y, run->y_stride, m, m, run->y_stride) &&
           problem_compare(p, called, run->y, run->y_stride, 0, m);
}

static void cut_rows(struct run *run) {
    const uint32_t m = (uint32_t)run->p->c.m;
    const size_t a = random_below(&run->p->random, m), b = random_below(&run->p->random, m);
    run->cut[0] = 0;
    run->cut[1] = a < b ? a : b;
    run->cut[2] = (a < b ? b : a) + 1;
    run->cut[3] = m;
}

bool problem_check_plan(struct problem *p) {
    struct run run = {.p = p};
    cut_rows(&run);
    if (!make_plan(&run)) {
        return problem_fail(p, run.failed, "%s", loom_status_text(run.status));
    }
    return pack(&run) && unpack(&run) && prepare(&run) && matmul(&run);
}
