// Runs with the stand-in for the library: says how opening and looking went.
#include <desksession.hpp>

#include <iostream>

using namespace desksession;

int main() {
    try {
        const Store store = Store::open("anywhere");
        const auto session = store.verify(Token("ds1_any"));
        std::cout << (session ? "yes" : "not yes") << ' ' << static_cast<int>(session.status()) << std::endl;
        std::cout << (store.peek(Token("ds1_any")) ? "yes" : "not yes") << std::endl;
    } catch (const Error &error) {
        std::cout << "fault " << static_cast<int>(error.status()) << ": " << error.detail() << std::endl;
    }
}
