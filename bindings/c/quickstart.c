#include <desksession.h>
#include <stdio.h>

int main(int argc, char **argv) {
    session_store *store;
    char id[SESSION_ID_SIZE], token[SESSION_TOKEN_SIZE];
    const char password[] = "violet kettle under 7 stairs";
    session_info info = {.size = sizeof info};
    if (argc != 2 || session_open(argv[1], NULL, &store) != SESSION_OK) return 1;
    session_user_create(store, NULL, "Anna Müller", password, sizeof password - 1, id, sizeof id);
    if (session_login(store, "anna müller", password, sizeof password - 1, NULL, token, sizeof token, NULL) != SESSION_OK) return 1;
    if (session_verify(store, token, &info) == SESSION_OK) printf("Hello, %s\n", info.user_name);
    session_logout(store, token);
    printf("%s\n", session_status_name(session_verify(store, token, &info)));
    return session_close(store);
}
