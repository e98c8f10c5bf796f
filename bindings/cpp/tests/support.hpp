// What the tests share: checks that name file and line, a home of its own for store and keys, a store that hashes fast.
#ifndef SUPPORT_HPP
#define SUPPORT_HPP

#include <desksession.hpp>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#define CHECK(truth) ((truth) ? (void)0 : support::failed(__FILE__, __LINE__, #truth))
#define EQUAL(wanted, got) support::equal(__FILE__, __LINE__, #got, (wanted), (got))
// The expression throws Error with this status.
#define FAULT(wanted, expression)                                          \
    try {                                                                  \
        (void)(expression);                                                \
        support::failed(__FILE__, __LINE__, #expression " threw nothing"); \
    } catch (const desksession::Error &error) {                            \
        EQUAL(desksession::Status::wanted, error.status());                \
    }
#define REFUSED(wanted, expression)                                        \
    try {                                                                  \
        (void)(expression);                                                \
        support::failed(__FILE__, __LINE__, #expression " threw nothing"); \
    } catch (const desksession::Refused &refused) {                        \
        EQUAL(desksession::Status::wanted, refused.status());              \
    }

namespace support {

constexpr const char *password = "violet kettle under 7 stairs";
constexpr const char *other_password = "nine grey herons by the weir";

[[noreturn]] inline void failed(const char *file, int line, const std::string &what) {
    std::cerr << file << ':' << line << ": " << what << std::endl;
    std::_Exit(1);
}

inline std::string shown(desksession::Status status) { return desksession::status_name(status); }
template <class Value>
auto shown(const Value &value) -> decltype(std::to_string(value)) {
    return std::to_string(value);
}
inline std::string shown(const std::string &text) { return text; }

template <class Wanted, class Got>
void equal(const char *file, int line, const char *what, const Wanted &wanted, const Got &got) {
    if (!(wanted == got)) failed(file, line, std::string(what) + " is " + shown(got) + ", not " + shown(wanted));
}

// A temporary folder, in which the keys lie as well; removed at the end.
class Home {
public:
    Home() {
        std::string name = (std::filesystem::temp_directory_path() / "desksession-XXXXXX").string();
        CHECK(mkdtemp(name.data()) != nullptr);
        path_ = name;
        setenv("XDG_DATA_HOME", name.c_str(), 1);
    }
    Home(const Home &) = delete;
    ~Home() { std::filesystem::remove_all(path_); }
    std::string folder(const char *name = "store") const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

inline void hash_fast(const desksession::Store &store) {
    store.policy_set(desksession::Policy::KdfMemoryKib, 19456).require();
    store.policy_set(desksession::Policy::KdfPasses, 2).require();
}

inline desksession::Store fast_store(const Home &home) {
    auto store = desksession::Store::open(home.folder());
    hash_fast(store);
    return store;
}

}  // namespace support

#endif
