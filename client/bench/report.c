/* SPDX-License-Identifier: MIT */
#include "report.h"

static const char *protocol_name(const struct bench_options *options)
{
    return options->protocol == BENCH_TTRPC ? "ttrpc" : "resp";
}

void bench_report_begin(FILE *file, const struct bench_options *options)
{
    switch (options->format) {
    case BENCH_TEXT:
        (void)fprintf(file, "%s, %u clients, %u in flight each, ", protocol_name(options),
                      options->clients, options->pipeline);
        if (options->batch > 0) {
            (void)fprintf(file, "batches of %u, ", options->batch);
        }
        if (options->rate > 0) {
            (void)fprintf(file, "%g requests/s due, ", options->rate);
        }
        (void)fprintf(file,
                      "payload %u bytes\nlatencies in microseconds; cpu: the generator's\n",
                      options->payload);
        (void)fprintf(file, "%-15s %11s %11s %9s %9s %9s %9s %9s %9s %5s %6s\n", "workload",
                      "requests/s", "ops/s", "mean", "p50", "p90", "p99", "p99.9", "max", "cpu",
                      "ns/op");
        break;
    case BENCH_JSON:
        (void)fprintf(
            file,
            "{\"protocol\": \"%s\", \"clients\": %u, \"pipeline\": %u, \"batch\": %u, "
            "\"payload\": %u, \"rate\": %g, \"workloads\": [",
            protocol_name(options), options->clients, options->pipeline, options->batch,
            options->payload, options->rate);
        break;
    case BENCH_CSV:
        (void)fprintf(file, "protocol,workload,requests,operations,seconds,requests_per_second,"
                            "operations_per_second,mean_us,p50_us,p90_us,p99_us,p99.9_us,"
                            "max_us,cpu_share,cpu_ns_per_operation\n");
        break;
    }
}

struct figures {
    double requests; /* per second */
    double operations;
    double mean; /* us, as the others */
    double quantiles[4];
    double max;
    double cpu;
    double cpu_ns;
};

static double over(double what, double by)
{
    return by > 0 ? what / by : 0;
}

static struct figures figures_of(const struct bench_result *result)
{
    static const double shares[] = {0.5, 0.9, 0.99, 0.999};
    struct figures f = {
        .requests = over((double)result->requests, result->seconds),
        .operations = over((double)result->operations, result->seconds),
        .mean = bench_histogram_mean(&result->latency) / 1e3,
        .max = (double)result->latency.max / 1e3,
        .cpu = over(result->cpu_seconds, result->seconds),
        .cpu_ns = over(result->cpu_seconds * 1e9, (double)result->operations),
    };

    for (size_t i = 0; i < 4; i++) {
        f.quantiles[i] = (double)bench_histogram_quantile(&result->latency, shares[i]) / 1e3;
    }
    return f;
}

static void print_json(FILE *file, const struct bench_result *result, const struct figures *f,
                       size_t which)
{
    (void)fprintf(file,
                  "%s\n {\"name\": \"%s\", \"requests\": %llu, \"operations\": %llu, "
                  "\"seconds\": %.6f, \"requests_per_second\": %.1f, "
                  "\"operations_per_second\": %.1f, \"latency_us\": {\"mean\": %.3f, "
                  "\"p50\": %.3f, \"p90\": %.3f, \"p99\": %.3f, \"p99.9\": %.3f, "
                  "\"max\": %.3f}, \"cpu_share\": %.3f, \"cpu_ns_per_operation\": %.1f}",
                  which > 0 ? "," : "", result->workload->name,
                  (unsigned long long)result->requests, (unsigned long long)result->operations,
                  result->seconds, f->requests, f->operations, f->mean, f->quantiles[0],
                  f->quantiles[1], f->quantiles[2], f->quantiles[3], f->max, f->cpu, f->cpu_ns);
}

void bench_report_result(FILE *file, const struct bench_options *options,
                         const struct bench_result *result, size_t which)
{
    struct figures f = figures_of(result);
    const char *name = result->workload->name;

    switch (options->format) {
    case BENCH_TEXT:
        (void)fprintf(file,
                      "%-15s %11.0f %11.0f %9.1f %9.1f %9.1f %9.1f %9.1f %9.1f %4.0f%% %6.0f\n",
                      name, f.requests, f.operations, f.mean, f.quantiles[0], f.quantiles[1],
                      f.quantiles[2], f.quantiles[3], f.max, f.cpu * 100, f.cpu_ns);
        break;
    case BENCH_JSON:
        print_json(file, result, &f, which);
        break;
    case BENCH_CSV:
        (void)fprintf(
            file, "%s,%s,%llu,%llu,%.6f,%.1f,%.1f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.1f\n",
            protocol_name(options), name, (unsigned long long)result->requests,
            (unsigned long long)result->operations, result->seconds, f.requests, f.operations,
            f.mean, f.quantiles[0], f.quantiles[1], f.quantiles[2], f.quantiles[3], f.max,
            f.cpu, f.cpu_ns);
        break;
    }
    (void)fflush(file);
}

void bench_report_end(FILE *file, const struct bench_options *options)
{
    if (options->format == BENCH_JSON) {
        (void)fprintf(file, "\n]}\n");
    }
}
