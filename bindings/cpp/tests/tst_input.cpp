// Whatever a host does wrong has one clear answer.
#include "support.hpp"

#include <cstring>
#include <thread>
#include <vector>

using namespace desksession;
using namespace support;

// What compiles is part of the promise: a truth test is explicit, secrets are neither copied nor printed.
static_assert(!std::is_convertible_v<Answer, bool> && !std::is_convertible_v<SessionAnswer, bool>);
static_assert(!std::is_convertible_v<Answer, int> && !std::is_convertible_v<PasswordCheck, bool>);
static_assert(!std::is_copy_constructible_v<Token> && std::is_nothrow_move_constructible_v<Token>);
static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_constructible_v<Store>);
static_assert(!std::is_convertible_v<const char *, Token> && !std::is_convertible_v<Token, std::string>);
template <class Value, class = void>
struct printable : std::false_type {};
template <class Value>
struct printable<Value, std::void_t<decltype(std::cout << std::declval<const Value &>())>> : std::true_type {};
static_assert(printable<std::string>::value && !printable<Token>::value && !printable<Code>::value &&
              !printable<Secret>::value);

static void only_ok_is_yes() {
    for (std::int32_t number = -2; number < 300; number++) {
        const Answer answer{static_cast<Status>(number)};
        EQUAL(number == 0, static_cast<bool>(answer));
    }
    EQUAL(std::string("SESSION_?"), status_name(static_cast<Status>(98)));
    CHECK(detail::answer(98) == static_cast<Status>(98));
    FAULT(BadArgument, detail::answer(100));
    for (std::int32_t unknown : {-1, 150, 4000}) {
        try {
            detail::answer(unknown);
            CHECK(!"thrown");
        } catch (const Error &error) {
            CHECK(static_cast<std::int32_t>(error.status()) == unknown);
        }
    }
}

static void closed_and_moved(const Home &home) {
    Store store = fast_store(home), other = std::move(store);
    FAULT(BadHandle, store.verify(Token()));  // NOLINT: moved from on purpose
    other.close();
    FAULT(BadHandle, other.login("x", "y"));
    FAULT(BadHandle, other.users().begin());
    FAULT(BadHandle, other.check());
    other.close();
    other = fast_store(home);
    CHECK(!other.verify(Token()));
    auto rows = fast_store(home).users();  // its store is gone
    FAULT(BadHandle, rows.begin());
}

static void names(const Store &store) {
    using namespace std::string_literals;
    FAULT(BadArgument, store.user_create("Anna\0Bert"s, password));
    FAULT(BadArgument, store.login("Anna\0Bert"s, password));
    FAULT(BadArgument, store.user_find("\0"s));
    FAULT(BadArgument, store.revoke("id\0"s));
    FAULT(BadArgument, Store::open("/tmp/a\0b"s));
    FAULT(BadArgument, store.login("x", password, {false, "a\0b"s}));
    FAULT(BadArgument, store.login("x", password, {false, std::string(64, 'x')}));
    FAULT(BadArgument, store.login("x\xff", password));
    FAULT(BadArgument, store.user_create("x\xed\xa0\x80", password));  // half a surrogate pair
    FAULT(BadArgument, constant("SESSION_NO_SUCH_THING"));
    try {
        (void)store.user_find("Anna\0Bert"s);
    } catch (const Error &error) {
        EQUAL(std::string("SESSION_BAD_ARGUMENT: the name must not contain a NUL"), std::string(error.what()));
        EQUAL(std::string("the name must not contain a NUL"), std::string(error.detail()));
        EQUAL(std::string("SESSION_BAD_ARGUMENT"), std::string(error.name()));
    }
    EQUAL(Status::NameRefused, store.user_create("", password).status());
    EQUAL(Status::NameRefused, store.user_create(std::string(256, 'x'), password).status());
    EQUAL(Status::BadCredentials, store.login(std::string(100000, 'x'), password).status());
    EQUAL(Status::BadCredentials, store.login("", "").status());
    EQUAL(Status::BadCredentials, store.login("x", {}).status());

    for (const char *name : {"אנה בן", "𠮷野家"}) {  // right to left, outside the BMP
        store.user_create(name, password).require();
        EQUAL(std::string(name), store.login(name, password).value().session.user_name());
    }
}

static void passwords_with_nul(const Store &store) {
    const std::string_view with_nul("violet kettle\0under 7 stairs", 28), cut = with_nul.substr(0, 13);
    store.user_create("Nulla", with_nul).require();
    CHECK(store.login("Nulla", with_nul));
    EQUAL(Status::BadCredentials, store.login("Nulla", cut).status());
    EQUAL(Status::BadCredentials, store.login("Nulla", std::string(5000, 'x')).status());
}

static void tokens(const Store &store) {
    auto login = store.login("Nulla", std::string_view("violet kettle\0under 7 stairs", 28)).value();
    const Token copy = login.token.copy();
    const Token moved = std::move(login.token);
    CHECK(login.token.empty() &&
          std::all_of(login.token.data(), login.token.data() + SESSION_TOKEN_SIZE, [](char c) { return !c; }));
    CHECK(store.verify(moved) && store.verify(copy));
    // A token that was moved away acts for nobody, and above all not for the host program.
    EQUAL(Status::NotAllowed, store.policy_set(Policy::ThrottleFree, 5, login.token).status());
    EQUAL(Status::Unknown, store.verify(Token(std::string(1000, 'x'))).status());
    EQUAL(Status::Unknown, store.verify(Token("garbage")).status());
}

static void secrets_are_wiped() {
    alignas(Token) unsigned char memory[sizeof(Token)];
    auto *token = new (memory) Token("ds1_secret");
    CHECK(std::memcmp(memory, "ds1_secret", 10) == 0);
    token->~Token();
    CHECK(std::all_of(memory, memory + sizeof memory, [](unsigned char byte) { return byte == 0; }));
    Secret secret("abc"), other = std::move(secret);
    CHECK(secret.reveal().empty() && other.reveal() == "abc");
    other = Secret("defg");
    CHECK(other.reveal() == "defg");
}

static void many_threads(const Store &store) {
    const auto login = store.login("Nulla", std::string_view("violet kettle\0under 7 stairs", 28)).value();
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++) {
        threads.emplace_back([&] {
            for (int round = 0; round < 200; round++) CHECK(store.verify(login.token));
        });
    }
    for (auto &thread : threads) thread.join();
}

int main() {
    const Home home;
    only_ok_is_yes();
    closed_and_moved(home);
    const Store store = fast_store(home);
    names(store);
    passwords_with_nul(store);
    tokens(store);
    secrets_are_wiped();
    many_threads(store);
    Options options;
    options.busy_timeout = std::chrono::milliseconds(-1);
    FAULT(BadArgument, Store::open(home.folder(), options));
}
