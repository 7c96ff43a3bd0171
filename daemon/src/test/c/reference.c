// The C reference of scripts/bench: what a server of nodes costs that does nothing but move checked pages between a socket
// and a mapped file. A save is received into the mapping; each page is summed right after it has come, while it is in the
// cache, and compared with the sum that the client sent. A load is sent from the mapping with the sums that were stored,
// and the client compares. Plain blocking calls, one thread for each connection.
//
//   reference serve FILE BYTES UNIX_SOCKET   prints its TCP port, then serves until its stdin ends
//   reference client PORT|UNIX_SOCKET        takes lines "save|load NODES BYTES sums|nosums" on stdin and answers each with
//                                            "ok SECONDS", or ends with 1
//
// A request is a struct head; a save goes on with its packets, and a load is answered by them: a table of sums (not without
// sums), then up to 256 pages. A save is answered by one byte.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define PAGE_BYTES 4096u
#define PACKET_PAGES 256u
#define PACKET_BYTES (PACKET_PAGES * PAGE_BYTES)
#define UNIX_SEND_BUFFER_BYTES (1 << 20) // what pramd and its client set, too

enum { SAVE = 1, LOAD = 2 };

struct head {
    uint32_t verb;
    uint32_t has_sums;
    uint64_t index;
    uint64_t bytes;
};

static void fail(const char *what) {
    fprintf(stderr, "reference: %s: %s\n", what, errno ? strerror(errno) : "wrong");
    exit(1);
}

// ---- CRC32C ----

static uint32_t table[256];

static void make_table(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; bit++) {
            value = value & 1 ? value >> 1 ^ 0x82F63B78u : value >> 1;
        }
        table[i] = value;
    }
}

static void sum_by_table(const uint8_t *pages, unsigned count, uint32_t *sums) {
    for (unsigned page = 0; page < count; page++, pages += PAGE_BYTES) {
        uint32_t sum = ~0u;
        for (unsigned i = 0; i < PAGE_BYTES; i++) {
            sum = sum >> 8 ^ table[(sum ^ pages[i]) & 0xff];
        }
        sums[page] = ~sum;
    }
}

#if defined(__x86_64__)
#include <nmmintrin.h>

__attribute__((target("sse4.2"))) static uint64_t sum_one(const uint8_t *page) {
    uint64_t sum = ~0u;
    for (unsigned i = 0; i < PAGE_BYTES; i += 8) {
        uint64_t word;
        memcpy(&word, page + i, 8);
        sum = _mm_crc32_u64(sum, word);
    }
    return sum;
}

// The instruction answers after three cycles but takes new work in each: three pages keep it busy.
__attribute__((target("sse4.2"))) static void sum_three(const uint8_t *pages, uint32_t *sums) {
    uint64_t a = ~0u, b = ~0u, c = ~0u;
    for (unsigned i = 0; i < PAGE_BYTES; i += 8) {
        uint64_t x, y, z;
        memcpy(&x, pages + i, 8);
        memcpy(&y, pages + PAGE_BYTES + i, 8);
        memcpy(&z, pages + 2 * PAGE_BYTES + i, 8);
        a = _mm_crc32_u64(a, x);
        b = _mm_crc32_u64(b, y);
        c = _mm_crc32_u64(c, z);
    }
    sums[0] = ~(uint32_t)a;
    sums[1] = ~(uint32_t)b;
    sums[2] = ~(uint32_t)c;
}

static void sum_by_instruction(const uint8_t *pages, unsigned count, uint32_t *sums) {
    unsigned page = 0;
    for (; page + 3 <= count; page += 3) {
        sum_three(pages + (size_t)page * PAGE_BYTES, sums + page);
    }
    for (; page < count; page++) {
        sums[page] = ~(uint32_t)sum_one(pages + (size_t)page * PAGE_BYTES);
    }
}
#endif

static void (*sum_pages)(const uint8_t *pages, unsigned count, uint32_t *sums) = sum_by_table;

static void choose_sum(void) {
    make_table();
#if defined(__x86_64__)
    uint8_t probe[4 * PAGE_BYTES];
    uint32_t expected[4], actual[4];
    for (unsigned i = 0; i < sizeof probe; i++) {
        probe[i] = (uint8_t)(i * 31 >> 3);
    }
    if (__builtin_cpu_supports("sse4.2")) {
        sum_by_table(probe, 4, expected);
        sum_by_instruction(probe, 4, actual);
        if (memcmp(expected, actual, sizeof expected) != 0) {
            fail("the checksums of both kinds");
        }
        sum_pages = sum_by_instruction;
    }
#endif
}

static int sums_hold(const uint8_t *pages, unsigned count, const uint32_t *expected) {
    uint32_t actual[PACKET_PAGES];
    sum_pages(pages, count, actual);
    return memcmp(actual, expected, count * sizeof *actual) == 0;
}

// ---- sockets ----

static int receive_all(int socket, void *target, size_t bytes) {
    for (size_t come = 0; come < bytes;) {
        ssize_t more = recv(socket, (char *)target + come, bytes - come, 0);
        if (more <= 0) {
            return 0;
        }
        come += (size_t)more;
    }
    return 1;
}

static int send_all(int socket, struct iovec *parts, int count) {
    while (count > 0) {
        ssize_t sent = writev(socket, parts, count);
        if (sent < 0) {
            return 0;
        }
        while (count > 0 && (size_t)sent >= parts->iov_len) {
            sent -= (ssize_t)parts->iov_len;
            parts++;
            count--;
        }
        if (count > 0) {
            parts->iov_base = (char *)parts->iov_base + sent;
            parts->iov_len -= (size_t)sent;
        }
    }
    return 1;
}

// Sums each page as soon as it is whole. False when the peer is gone or a sum is wrong.
static int receive_pages(int socket, uint8_t *target, unsigned count, const uint32_t *sums) {
    size_t bytes = (size_t)count * PAGE_BYTES;
    unsigned checked = 0;
    for (size_t come = 0; come < bytes;) {
        ssize_t more = recv(socket, target + come, bytes - come, 0);
        if (more <= 0) {
            return 0;
        }
        come += (size_t)more;
        unsigned whole = (unsigned)(come / PAGE_BYTES);
        if (sums && !sums_hold(target + (size_t)checked * PAGE_BYTES, whole - checked, sums + checked)) {
            errno = 0;
            fail("a page came with another sum");
        }
        checked = whole;
    }
    return 1;
}

static int send_packet(int socket, struct head *head, uint8_t *pages, unsigned count, uint32_t *sums) {
    struct iovec parts[3];
    int used = 0;
    if (head) {
        parts[used++] = (struct iovec){head, sizeof *head};
    }
    if (sums) {
        parts[used++] = (struct iovec){sums, count * sizeof *sums};
    }
    parts[used++] = (struct iovec){pages, (size_t)count * PAGE_BYTES};
    return send_all(socket, parts, used);
}

static unsigned packet_pages(uint64_t pages_left) {
    return pages_left < PACKET_PAGES ? (unsigned)pages_left : PACKET_PAGES;
}

static void prepare(int socket, int is_unix) {
    int on = 1, bytes = UNIX_SEND_BUFFER_BYTES;
    if (is_unix) {
        setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    } else {
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
}

static struct sockaddr_un unix_address(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        fail(path);
    }
    strcpy(address.sun_path, path);
    return address;
}

static struct sockaddr_in tcp_address(int port) {
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

// ---- the server ----

static uint8_t *mapping;
static uint64_t mapping_pages;
static uint32_t *stored_sums;

static int serve_save(int socket, const struct head *head, uint64_t first) {
    uint64_t pages = head->bytes / PAGE_BYTES;
    for (uint64_t done = 0; done < pages;) {
        unsigned count = packet_pages(pages - done);
        uint32_t *sums = head->has_sums ? stored_sums + first + done : NULL;
        if (sums && !receive_all(socket, sums, count * sizeof *sums)) {
            return 0;
        }
        if (!receive_pages(socket, mapping + (first + done) * PAGE_BYTES, count, sums)) {
            return 0;
        }
        done += count;
    }
    return send(socket, "k", 1, MSG_NOSIGNAL) == 1;
}

static int serve_load(int socket, const struct head *head, uint64_t first) {
    uint64_t pages = head->bytes / PAGE_BYTES;
    for (uint64_t done = 0; done < pages;) {
        unsigned count = packet_pages(pages - done);
        uint32_t *sums = head->has_sums ? stored_sums + first + done : NULL;
        if (!send_packet(socket, NULL, mapping + (first + done) * PAGE_BYTES, count, sums)) {
            return 0;
        }
        done += count;
    }
    return 1;
}

static int serve_one(int socket) {
    struct head head;
    if (!receive_all(socket, &head, sizeof head)) {
        return 0;
    }
    uint64_t pages = head.bytes / PAGE_BYTES;
    if (pages == 0 || pages > mapping_pages || head.bytes % PAGE_BYTES) {
        errno = 0;
        fail("length of a node");
    }
    uint64_t first = head.index % (mapping_pages / pages) * pages;
    return head.verb == SAVE ? serve_save(socket, &head, first) : serve_load(socket, &head, first);
}

static void *serve(void *socket) {
    while (serve_one((int)(intptr_t)socket)) {
    }
    close((int)(intptr_t)socket);
    return NULL;
}

static void start(void *(*task)(void *), int socket) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, task, (void *)(intptr_t)socket) != 0) {
        fail("pthread_create");
    }
    pthread_detach(thread);
}

static void *accept_all(void *listener) {
    int socket;
    while ((socket = accept((int)(intptr_t)listener, NULL, NULL)) >= 0) {
        struct sockaddr_storage own;
        socklen_t length = sizeof own;
        getsockname(socket, (struct sockaddr *)&own, &length);
        prepare(socket, own.ss_family == AF_UNIX);
        start(serve, socket);
    }
    fail("accept");
    return NULL;
}

static void listen_at(const struct sockaddr *address, socklen_t length) {
    int listener = socket(address->sa_family, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, address, length) < 0 || listen(listener, 64) < 0) {
        fail("listen");
    }
    if (address->sa_family == AF_INET) {
        struct sockaddr_in bound;
        socklen_t bound_length = sizeof bound;
        getsockname(listener, (struct sockaddr *)&bound, &bound_length);
        printf("%d\n", ntohs(bound.sin_port));
        fflush(stdout);
    }
    start(accept_all, listener);
}

static int run_server(const char *file, uint64_t bytes, const char *socket_path) {
    int fd = open(file, O_RDWR | O_CREAT, 0600);
    if (fd < 0 || posix_fallocate(fd, 0, (off_t)bytes) != 0) {
        fail(file);
    }
    mapping_pages = bytes / PAGE_BYTES;
    mapping = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    stored_sums = calloc(mapping_pages, sizeof *stored_sums);
    if (mapping == MAP_FAILED || !stored_sums) {
        fail("mmap");
    }
    for (uint64_t page = 0; page < mapping_pages; page++) {
        mapping[page * PAGE_BYTES] = 0; // used memory: no save meets a page fault
    }
    struct sockaddr_un at_path = unix_address(socket_path);
    listen_at((struct sockaddr *)&at_path, sizeof at_path);
    struct sockaddr_in at_port = tcp_address(0);
    listen_at((struct sockaddr *)&at_port, sizeof at_port);
    while (getchar() != EOF) {
    }
    return 0;
}

// ---- the client ----

static uint8_t buffer[PACKET_BYTES] __attribute__((aligned(PAGE_BYTES)));
static uint8_t source[PACKET_BYTES] __attribute__((aligned(PAGE_BYTES)));

static int save(int socket, struct head *head) {
    uint32_t sums[PACKET_PAGES];
    uint64_t pages = head->bytes / PAGE_BYTES;
    for (uint64_t done = 0; done < pages;) {
        unsigned count = packet_pages(pages - done);
        if (head->has_sums) {
            sum_pages(source, count, sums);
        }
        if (!send_packet(socket, done ? NULL : head, source, count, head->has_sums ? sums : NULL)) {
            return 0;
        }
        done += count;
    }
    char answer;
    return receive_all(socket, &answer, 1);
}

static int load(int socket, struct head *head) {
    uint32_t sums[PACKET_PAGES];
    uint64_t pages = head->bytes / PAGE_BYTES;
    if (send(socket, head, sizeof *head, MSG_NOSIGNAL) != sizeof *head) {
        return 0;
    }
    for (uint64_t done = 0; done < pages;) {
        unsigned count = packet_pages(pages - done);
        if (head->has_sums && !receive_all(socket, sums, count * sizeof *sums)) {
            return 0;
        }
        if (!receive_pages(socket, buffer, count, head->has_sums ? sums : NULL)) {
            return 0;
        }
        if (memcmp(buffer, source, PAGE_BYTES) != 0) {
            errno = 0;
            fail("other bytes came than were saved");
        }
        done += count;
    }
    return 1;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int connect_to(const char *where) {
    int is_unix = strchr(where, '/') != NULL;
    struct sockaddr_un at_path;
    struct sockaddr_in at_port;
    if (is_unix) {
        at_path = unix_address(where);
    } else {
        at_port = tcp_address(atoi(where));
    }
    int connected = socket(is_unix ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
    if (connected < 0
        || connect(
                   connected,
                   is_unix ? (struct sockaddr *)&at_path : (struct sockaddr *)&at_port,
                   is_unix ? sizeof at_path : sizeof at_port)
                   < 0) {
        fail(where);
    }
    prepare(connected, is_unix);
    return connected;
}

static int run_client(const char *where) {
    int socket = connect_to(where);
    for (unsigned i = 0; i < PACKET_BYTES; i++) {
        source[i] = (uint8_t)(i * 2654435761u >> 13);
    }
    char verb[8], sums[8];
    unsigned long long nodes, bytes;
    while (scanf("%7s %llu %llu %7s", verb, &nodes, &bytes, sums) == 4) {
        struct head head = {strcmp(verb, "save") ? LOAD : SAVE, strcmp(sums, "sums") == 0, 0, bytes};
        double begin = now();
        for (; head.index < nodes; head.index++) {
            if (!(head.verb == SAVE ? save(socket, &head) : load(socket, &head))) {
                fail("the server is gone");
            }
        }
        printf("ok %.6f\n", now() - begin);
        fflush(stdout);
    }
    return 0;
}

int main(int count, char **words) {
    choose_sum();
    signal(SIGPIPE, SIG_IGN); // a peer that is gone is seen by the answer of the call
    if (count == 5 && strcmp(words[1], "serve") == 0) {
        return run_server(words[2], strtoull(words[3], NULL, 10), words[4]);
    }
    if (count == 3 && strcmp(words[1], "client") == 0) {
        return run_client(words[2]);
    }
    fprintf(stderr, "usage: reference serve FILE BYTES UNIX_SOCKET | reference client PORT|UNIX_SOCKET\n");
    return 2;
}
