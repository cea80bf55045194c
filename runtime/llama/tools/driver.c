/* Runs a model in a llama.cpp that is installed as a package: what our backend is tested and timed
 * with. It declares what it needs of llama.h (v0.5.0) itself, and asks for it by name.
 *
 *   driver FOLDER quantize IN OUT TYPE [MATRIX] TYPE: llama.cpp's number of a file type; MATRIX:
 *                                               ggml's number of a type, for matrices
 *   driver FOLDER logits MODEL THREADS BATCH    fp32 logits of random tokens, to stdout
 *   driver FOLDER perplexity MODEL TEXT CHUNKS THREADS BATCH
 *   driver FOLDER speed MODEL THREADS CONTEXT   does what the lines of stdin say, see speed()
 *   driver FOLDER version                       the host's ggml
 *
 * FOLDER holds libllama.so and ggml's libraries. GGML_BACKEND_PATH names our backend, as in any
 * host. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Parameters go by value. Only the first fields are ours to set; the rest is as large as it may
 * be. */
struct model_parameters {
    uint64_t words[64];
};
struct context_parameters {
    uint32_t n_ctx, n_batch, n_ubatch;
    uint32_t words[125];
};
struct matrix_type {
    const char *pattern; /* of names */
    int32_t type;
};
struct quantize_parameters {
    int32_t threads, file_type, output_type, embedding_type;
    bool requantize, quantize_output, only_copy, pure, keep_split, dry_run;
    const void *importance, *overrides;
    const struct matrix_type *matrix_types; /* up to one without a pattern */
    uint32_t words[52];
};
struct batch {
    int32_t n_tokens;
    int32_t *token;
    float *embd;
    int32_t *pos, *n_seq_id, **seq_id;
    int8_t *logits;
};

static struct {
    const char *(*version)(void);
    void (*load_backends)(const char *folder);
    void (*log_set)(void (*log)(int level, const char *text, void *data), void *data);
    struct model_parameters (*model_defaults)(void);
    struct context_parameters (*context_defaults)(void);
    struct quantize_parameters (*quantize_defaults)(void);
    uint32_t (*quantize)(const char *in, const char *out, const struct quantize_parameters *);
    void *(*model_load)(const char *path, struct model_parameters);
    void (*model_free)(void *model);
    void *(*context_new)(void *model, struct context_parameters);
    void (*context_free)(void *context);
    const void *(*vocabulary)(const void *model);
    int32_t (*n_tokens)(const void *vocabulary);
    int32_t (*bos)(const void *vocabulary);
    bool (*adds_bos)(const void *vocabulary);
    int32_t (*tokenize)(const void *vocabulary, const char *text, int32_t length, int32_t *tokens,
                        int32_t most, bool special, bool parse);
    struct batch (*batch_init)(int32_t tokens, int32_t embd, int32_t sequences);
    int32_t (*decode)(void *context, struct batch batch);
    float *(*logits)(void *context, int32_t i);
    void (*set_threads)(void *context, int32_t decode, int32_t prompt);
    void *(*memory)(const void *context);
    void (*memory_clear)(void *memory, bool data);
} llama;

static _Noreturn void fail(const char *what, const char *value) {
    fprintf(stderr, "driver: %s%s\n", what, value);
    exit(1);
}

static void *open_library(const char *folder, const char *begin) {
    DIR *const names = opendir(folder);
    if (!names) {
        fail("no such folder: ", folder);
    }
    void *library = NULL;
    char path[4096];
    for (struct dirent *entry; !library && (entry = readdir(names));) {
        if (strncmp(entry->d_name, begin, strlen(begin)) == 0) {
            snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
            library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
        }
    }
    closedir(names);
    return library ? library : (fail("cannot load ", begin), NULL);
}

static void find(void *library, const char *name, void *place) {
    void *const found = dlsym(library, name);
    if (!found) {
        fail("the host has no ", name);
    }
    memcpy(place, (const void *)&found, sizeof found);
}

static void quiet(int level, const char *text, void *data) {
    (void)data;
    if (level >= 4 || strstr(text, "lutloom") || getenv("DRIVER_LOG")) {
        fputs(text, stderr);
    }
}

static void open_host(const char *folder) {
    void *const ggml = open_library(folder, "libggml."), *const library =
                                                             open_library(folder, "libllama.");
    find(ggml, "ggml_version", (void *)&llama.version);
    find(ggml, "ggml_backend_load_all_from_path", (void *)&llama.load_backends);
    find(library, "llama_log_set", (void *)&llama.log_set);
    find(library, "llama_model_default_params", (void *)&llama.model_defaults);
    find(library, "llama_context_default_params", (void *)&llama.context_defaults);
    find(library, "llama_model_quantize_default_params", (void *)&llama.quantize_defaults);
    find(library, "llama_model_quantize", (void *)&llama.quantize);
    find(library, "llama_model_load_from_file", (void *)&llama.model_load);
    find(library, "llama_model_free", (void *)&llama.model_free);
    find(library, "llama_init_from_model", (void *)&llama.context_new);
    find(library, "llama_free", (void *)&llama.context_free);
    find(library, "llama_model_get_vocab", (void *)&llama.vocabulary);
    find(library, "llama_vocab_n_tokens", (void *)&llama.n_tokens);
    find(library, "llama_vocab_bos", (void *)&llama.bos);
    find(library, "llama_vocab_get_add_bos", (void *)&llama.adds_bos);
    find(library, "llama_tokenize", (void *)&llama.tokenize);
    find(library, "llama_batch_init", (void *)&llama.batch_init);
    find(library, "llama_decode", (void *)&llama.decode);
    find(library, "llama_get_logits_ith", (void *)&llama.logits);
    find(library, "llama_set_n_threads", (void *)&llama.set_threads);
    find(library, "llama_get_memory", (void *)&llama.memory);
    find(library, "llama_memory_clear", (void *)&llama.memory_clear);
    llama.log_set(quiet, NULL);
    llama.load_backends(folder);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* MiB of this process, as a line of /proc/self/status says: VmRSS now, VmHWM at most. */
static long mebibytes(const char *name) {
    FILE *const file = fopen("/proc/self/status", "r");
    char line[256];
    long kibibytes = 0;
    while (file && fgets(line, sizeof line, file)) {
        if (strncmp(line, name, strlen(name)) == 0) {
            kibibytes = strtol(line + strlen(name) + 1, NULL, 10);
        }
    }
    if (file) {
        fclose(file);
    }
    return kibibytes / 1024;
}

/* That all threads have used. */
static double cpu_seconds(void) {
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + 1e-9 * (double)used.tv_nsec;
}

struct session {
    double begin, load; /* when loading began, and the seconds that it took */
    void *model, *context;
    const void *vocabulary;
    int32_t n_vocab;
    struct batch batch;
};

static struct session open_model(const char *path, uint32_t n_ctx, int32_t threads) {
    struct session s;
    s.begin = seconds();
    s.model = llama.model_load(path, llama.model_defaults());
    if (!s.model) {
        fail("cannot load ", path);
    }
    struct context_parameters parameters = llama.context_defaults();
    parameters.n_ctx = n_ctx;
    parameters.n_batch = parameters.n_ubatch = 512;
    s.context = llama.context_new(s.model, parameters);
    if (!s.context) {
        fail("no context for ", path);
    }
    s.load = seconds() - s.begin;
    llama.set_threads(s.context, threads, threads);
    s.vocabulary = llama.vocabulary(s.model);
    s.n_vocab = llama.n_tokens(s.vocabulary);
    s.batch = llama.batch_init(512, 0, 1);
    return s;
}

/* Tokens [begin, begin + count) at their places; with all their logits, or the last one's. */
static void run(struct session *s, const int32_t *tokens, int32_t begin, int32_t count, bool all) {
    s->batch.n_tokens = count;
    for (int32_t i = 0; i < count; i++) {
        s->batch.token[i] = tokens[begin + i];
        s->batch.pos[i] = begin + i;
        s->batch.n_seq_id[i] = 1;
        s->batch.seq_id[i][0] = 0;
        s->batch.logits[i] = (int8_t)(all || i == count - 1);
    }
    if (llama.decode(s->context, s->batch) != 0) {
        fail("decoding failed", "");
    }
}

/* Any tokens, the same each time. */
static int32_t *random_tokens(const struct session *s, int32_t count) {
    int32_t *const tokens = calloc((size_t)count, sizeof *tokens);
    uint64_t state = 88172645463325252u;
    for (int32_t i = 0; i < count; i++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        tokens[i] = (int32_t)(state % (uint64_t)s->n_vocab);
    }
    return tokens;
}

static void write_logits(const char *path, int32_t threads, int32_t step) {
    enum { POSITIONS = 200 };
    struct session s = open_model(path, 256, threads);
    int32_t *const tokens = random_tokens(&s, POSITIONS);
    for (int32_t begin = 0; begin < POSITIONS; begin += step) {
        const int32_t count = POSITIONS - begin < step ? POSITIONS - begin : step;
        run(&s, tokens, begin, count, true);
        for (int32_t i = 0; i < count; i++) {
            fwrite(llama.logits(s.context, i), sizeof(float), (size_t)s.n_vocab, stdout);
        }
    }
    free(tokens);
    llama.context_free(s.context);
    llama.model_free(s.model);
}

enum { MAX_TEXT = 1 << 20 };

static char *read_text(const char *path, int32_t *length) {
    FILE *const file = fopen(path, "rb");
    if (!file) {
        fail("cannot open ", path);
    }
    char *const text = malloc(MAX_TEXT);
    *length = (int32_t)fread(text, 1, MAX_TEXT, file);
    fclose(file);
    return text;
}

static double nats(const float *logits, int32_t n, int32_t token) {
    float most = logits[0];
    for (int32_t i = 1; i < n; i++) {
        most = logits[i] > most ? logits[i] : most;
    }
    double sum = 0;
    for (int32_t i = 0; i < n; i++) {
        sum += exp((double)(logits[i] - most));
    }
    return log(sum) - (double)(logits[token] - most);
}

/* The sum over the second half of a chunk, `step` tokens at once. */
static double chunk_nats(struct session *s, const int32_t *tokens, int32_t size, int32_t step) {
    double sum = 0;
    for (int32_t begin = 0; begin < size; begin += step) {
        const int32_t count = size - begin < step ? size - begin : step;
        run(s, tokens, begin, count, true);
        for (int32_t i = 0; i < count; i++) {
            const int32_t next = begin + i + 1;
            if (next > size / 2 && next < size) {
                sum += nats(llama.logits(s->context, i), s->n_vocab, tokens[next]);
            }
        }
    }
    return sum;
}

/* As llama-perplexity: chunks of 256 tokens, the second half of each counts. */
static void perplexity(const char *path, const char *text_path, int32_t chunks, int32_t threads,
                       int32_t step) {
    enum { CHUNK = 256, COUNTED = CHUNK - 1 - CHUNK / 2 };
    struct session s = open_model(path, CHUNK, threads);
    int32_t length;
    char *const text = read_text(text_path, &length);
    int32_t *const tokens = calloc(MAX_TEXT + 2, sizeof *tokens);
    const int32_t count =
        llama.tokenize(s.vocabulary, text, length, tokens, length + 2, true, false);
    double sum = 0;
    int32_t chunk = 0;
    for (; chunk < chunks && (chunk + 1) * CHUNK <= count; chunk++) {
        int32_t *const at = tokens + chunk * CHUNK, first = at[0];
        if (llama.adds_bos(s.vocabulary)) {
            at[0] = llama.bos(s.vocabulary);
        }
        llama.memory_clear(llama.memory(s.context), true);
        sum += chunk_nats(&s, at, CHUNK, step);
        at[0] = first;
    }
    printf("%.4f\n", exp(sum / (chunk * COUNTED)));
    free(text);
    free(tokens);
    llama.context_free(s.context);
    llama.model_free(s.model);
}

/* The first `count` tokens, `step` at once; how fast that was. */
static void time_run(struct session *s, const char *what, const int32_t *tokens, int32_t count,
                     int32_t step) {
    llama.memory_clear(llama.memory(s->context), true);
    const double start = seconds(), used = cpu_seconds();
    for (int32_t at = 0; at < count; at += step) {
        run(s, tokens, at, count - at < step ? count - at : step, false);
        llama.logits(s->context, -1); /* waits for it */
    }
    printf("%s %.2f tokens/s cpu %.3f s\n", what, count / (seconds() - start),
           cpu_seconds() - used);
}

/* Loads a model and says how long that took, alone and with a first token: what is only mapped is
 * read then. Then a line of stdin is one measurement, and its result a line of stdout; both begin
 * with nothing read before, as those of llama-bench do:
 *   prefill COUNT   so many tokens in batches of 512
 *   decode COUNT    the same one by one
 * So two hosts can be measured in turn, each within the same second as the other. */
static void speed(const char *path, int32_t threads, int32_t n_ctx) {
    struct session s = open_model(path, (uint32_t)n_ctx, threads);
    int32_t *const tokens = random_tokens(&s, n_ctx);
    run(&s, tokens, 0, 1, false);
    llama.logits(s.context, -1);
    const double first = seconds() - s.begin;
    llama.memory_clear(llama.memory(s.context), true);
    run(&s, tokens, 0, n_ctx < 16 ? n_ctx : 16, false); /* once before it counts */
    printf("load %.3f s first token %.3f s resident %ld MiB\n", s.load, first, mebibytes("VmRSS"));
    fflush(stdout);
    char line[64];
    for (int32_t count; fgets(line, sizeof line, stdin); fflush(stdout)) {
        const bool prefill = sscanf(line, "prefill %d", &count) == 1;
        if ((!prefill && sscanf(line, "decode %d", &count) != 1) || count < 1 || count > n_ctx) {
            fail("cannot do: ", line);
        }
        time_run(&s, prefill ? "prefill" : "decode", tokens, count, prefill ? 512 : 1);
    }
    free(tokens);
    llama.context_free(s.context);
    llama.model_free(s.model);
}

/* `matrix` NULL: of the type that the file's type stands for. */
static void quantize(const char *in, const char *out, int32_t file_type, const char *matrix) {
    const struct matrix_type types[] = {{".*", matrix ? atoi(matrix) : 0}, {NULL, 0}};
    struct quantize_parameters parameters = llama.quantize_defaults();
    parameters.file_type = file_type;
    parameters.output_type = parameters.embedding_type = 1; /* F16 */
    parameters.pure = !matrix;
    parameters.matrix_types = matrix ? types : NULL;
    if (llama.quantize(in, out, &parameters) != 0) {
        fail("cannot quantize ", in);
    }
}

int main(int argc, char **argv) {
    const char *const command = argc > 2 ? argv[2] : "";
    if (argc > 2) {
        open_host(argv[1]);
    }
    if (strcmp(command, "version") == 0 && argc == 3) {
        printf("%s\n", llama.version());
    } else if (strcmp(command, "quantize") == 0 && (argc == 6 || argc == 7)) {
        quantize(argv[3], argv[4], atoi(argv[5]), argc == 7 ? argv[6] : NULL);
    } else if (strcmp(command, "logits") == 0 && argc == 6) {
        write_logits(argv[3], atoi(argv[4]), atoi(argv[5]));
    } else if (strcmp(command, "perplexity") == 0 && argc == 8) {
        perplexity(argv[3], argv[4], atoi(argv[5]), atoi(argv[6]), atoi(argv[7]));
    } else if (strcmp(command, "speed") == 0 && argc == 6) {
        speed(argv[3], atoi(argv[4]), atoi(argv[5]));
    } else {
        fail("see the head of driver.c for what it takes", "");
    }
    return 0;
}
