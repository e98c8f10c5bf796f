// Two processes on one store: what one ends, the other sees at its next verify.
#include "support.hpp"

#include <cstdio>

using namespace desksession;
using namespace support;

// The other process: tells what it thinks of the token in its environment, and logs it out if asked to.
static int other(const char *folder, const std::string &task) {
    const Store store = Store::open(folder);
    const Token token(std::getenv("TOKEN"));
    if (task == "logout") store.logout(token).require();
    const auto session = store.verify(token);
    std::cout << session.name() << ' ' << (session ? session->user_name() : "") << std::flush;
    return 0;
}

static std::string ask_other(const std::string &command) {
    std::FILE *pipe = popen(command.c_str(), "r");
    char text[100] = "";
    (void)!std::fgets(text, sizeof text, pipe);
    EQUAL(0, pclose(pipe));
    return text;
}

int main(int argc, char **argv) {
    if (argc == 3) return other(argv[1], argv[2]);
    const Home home;
    const std::string command = "'" + std::string(argv[0]) + "' '" + home.folder() + "' ";
    const Store store = fast_store(home);
    store.user_create("Anna", password).require();
    for (const std::string ender : {"this", "other"}) {
        const auto login = store.login("Anna", password).value();
        setenv("TOKEN", login.token.c_str(), 1);
        EQUAL(std::string("SESSION_OK Anna"), ask_other(command + "verify"));
        if (ender == "this")
            store.logout(login.token).require();
        else
            EQUAL(std::string("SESSION_LOGGED_OUT "), ask_other(command + "logout"));
        EQUAL(Status::LoggedOut, store.verify(login.token).status());
        EQUAL(std::string("SESSION_LOGGED_OUT "), ask_other(command + "verify"));
    }
}
