#include "llama/meter.h"

#include "common/seconds.h"
#include "energy/idle.h"
#include "llama/host.h"
#include "llama/settings.h"

#include <pthread.h>

static struct {
    pthread_mutex_t lock;
    bool tried, tells;
    struct energy energy;
    struct energy_mark since; /* when the first of those that run began */
    size_t running, graphs, tokens, products;
    double joules;
} meter = {.lock = PTHREAD_MUTEX_INITIALIZER};

void meter_start(void) {
    char why[1024];
    pthread_mutex_lock(&meter.lock);
    if (settings()->verbose && !meter.tried) {
        meter.tried = true;
        meter.tells =
            energy_open(&meter.energy, "/sys", settings()->sensor, seconds_now(), why, sizeof why);
        if (meter.tells) {
            energy_watch_idle(&meter.energy);
        } else {
            host.log(GGML_LOG_INFO, "lutloom: no energy: %s\n", why);
        }
    }
    pthread_mutex_unlock(&meter.lock);
}

void meter_begin(void) {
    pthread_mutex_lock(&meter.lock);
    if (meter.tells && meter.running++ == 0) {
        meter.since = energy_mark(&meter.energy);
    }
    pthread_mutex_unlock(&meter.lock);
}

void meter_end(size_t tokens, size_t products) {
    pthread_mutex_lock(&meter.lock);
    if (meter.tells) {
        meter.graphs++;
        meter.tokens += tokens;
        meter.products += products;
        meter.running--;
        if (meter.running == 0) {
            meter.joules += energy_beyond_idle(&meter.energy, meter.since);
        }
    }
    pthread_mutex_unlock(&meter.lock);
}

void meter_report(void) {
    pthread_mutex_lock(&meter.lock);
    if (meter.tells && meter.graphs) {
        host.log(GGML_LOG_INFO,
                 "lutloom: %.4g J beyond idle for %zu graphs of %zu tokens: %.4g J a token, %.4g J "
                 "a product, all else in the graphs with it\n",
                 meter.joules, meter.graphs, meter.tokens, meter.joules / (double)meter.tokens,
                 meter.joules / (double)meter.products);
        meter.graphs = meter.tokens = meter.products = 0;
        meter.joules = 0;
    }
    pthread_mutex_unlock(&meter.lock);
}
