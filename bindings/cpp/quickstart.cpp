#include <desksession.hpp>
#include <iostream>

int main(int argc, char **argv) {
    if (argc != 2) return 1;
    const auto store = desksession::Store::open(argv[1]);
    if (!store.user_create("Anna Müller", "violet kettle under 7 stairs")) return 1;
    const auto login = store.login("anna müller", "violet kettle under 7 stairs");
    if (!login) return 1;
    if (const auto session = store.verify(login->token)) std::cout << "Hello, " << session->user_name() << '\n';
    store.logout(login->token).require();
    std::cout << (store.verify(login->token) ? "still logged in\n" : "logged out\n");
}
