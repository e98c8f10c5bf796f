// Tells what another program did to a store: look FOLDER -> "users 1 live 1 failed 0".
#include <desksession.hpp>

#include <iostream>

using namespace desksession;

int main(int, char **argv) {
    Options existing;
    existing.mode = OpenMode::Existing;
    const Store store = Store::open(argv[1], existing);
    int users = 0, live = 0, failed = 0;
    for (const User &user : store.users()) users += !user.disabled();
    for (const Session &session : store.sessions()) live += session.state() == Status::Ok;
    for (const Event &event : store.events()) failed += event.kind() == EventKind::LoginFailed;
    std::cout << "users " << users << " live " << live << " failed " << failed << std::endl;
}
