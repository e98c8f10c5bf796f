// session_verify through C++ beside the plain C call, turn by turn in one run.
//   bench_verify [ROUNDS]
// By hand:
//   g++ -std=c++17 -O2 bindings/cpp/bench_verify.cpp -Iinclude -Ibindings/cpp/include -Ltarget/release -ldesksession
//     -Wl,-rpath,$PWD/target/release -o target/cpp/bench_verify && target/cpp/bench_verify
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <desksession.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <vector>

using namespace desksession;
using Clock = std::chrono::steady_clock;

static const char password[] = "nine quiet otters swim";
constexpr int calls = 2000;  // per turn

template <class Call>
static double nanoseconds(Call call) {
    const auto start = Clock::now();
    for (int i = 0; i < calls; i++) {
        if (!call()) std::abort();
    }
    return std::chrono::duration<double, std::nano>(Clock::now() - start).count() / calls;
}

static double median(std::vector<double> &samples) {
    std::sort(samples.begin(), samples.end());
    return samples[samples.size() / 2];
}

static void measure(session_store *c_store, const Store &store, int rounds) {
    const auto login = store.login("Anna", password).value();
    std::vector<double> plain, through, overhead;
    for (int round = 0; round < rounds; round++) {
        const auto c = [&] {
            session_info info = {};
            info.size = sizeof info;
            return session_verify(c_store, login.token.c_str(), &info) == SESSION_OK && info.user_name[0] == 'A';
        };
        const auto cpp = [&] {
            const auto session = store.verify(login.token);
            return session && session->raw().user_name[0] == 'A';
        };
        const bool first = round % 2 == 0;  // who goes first changes every round
        const double a = first ? nanoseconds(c) : nanoseconds(cpp), b = first ? nanoseconds(cpp) : nanoseconds(c);
        plain.push_back(first ? a : b);
        through.push_back(first ? b : a);
        overhead.push_back(through.back() - plain.back());
    }
    std::printf("verify, %d rounds of %d calls, medians: C %.0f ns, C++ %.0f ns, difference %+.0f ns (aim: +50)\n", rounds,
                calls, median(plain), median(through), median(overhead));
}

int main(int argc, char **argv) {
    char place[] = "/tmp/desksession-bench-XXXXXX";
    const std::filesystem::path home = mkdtemp(place);
    setenv("XDG_DATA_HOME", home.c_str(), 1);
    const std::string folder = (home / "store").string();
    {
        const Store store = Store::open(folder);
        store.user_create("Anna", password).require();
        session_store *c_store = nullptr;  // a handle of its own, open at the same time
        if (session_open(folder.c_str(), nullptr, &c_store) != SESSION_OK) return 1;
        measure(c_store, store, argc > 1 ? std::atoi(argv[1]) : 101);
        (void)session_close(c_store);
    }
    std::filesystem::remove_all(home);
}
