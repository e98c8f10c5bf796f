"""python quickstart.py FOLDER: the whole story in ten lines."""

import sys

import desksession

with desksession.Store(sys.argv[1]) as store:
    store.user_create("Anna Müller", "violet kettle under 7 stairs")
    login = store.login("anna müller", "violet kettle under 7 stairs")
    print("Hello,", store.verify(login.token).user_name)
    store.logout(login.token)
    print("still logged in" if store.check(login.token) else "logged out")
