"""Every text of the program, English and German, and what it says to a person when desksession says no."""

from __future__ import annotations

import locale
import math
import os
from datetime import datetime
from typing import Optional

import desksession

TEXTS = {
    # key: (English, German)
    "title": ("Front Desk", "Kasse"),
    "name": ("Name", "Name"),
    "password": ("Password", "Passwort"),
    "old": ("Old password", "Altes Passwort"),
    "new": ("New password", "Neues Passwort"),
    "repeat": ("Repeat it", "Wiederholen"),
    "show": ("Show", "Zeigen"),
    "hide": ("Hide", "Verbergen"),
    "cancel": ("Cancel", "Abbrechen"),
    "busy": ("One moment …", "Einen Moment …"),
    "welcome": ("Welcome. Who looks after this till?", "Willkommen. Wer verwaltet diese Kasse?"),
    "create_first": ("Create administrator", "Verwalter anlegen"),
    "sign_in": ("Sign in", "Anmelden"),
    "must_change": ("Choose a new password before you go on.", "Wählen Sie ein neues Passwort, bevor es weitergeht."),
    "change_password": ("Change password", "Passwort ändern"),
    "changed": ("Your password is changed.", "Ihr Passwort ist geändert."),
    "not_the_same": ("The two are not the same.", "Die beiden sind nicht gleich."),
    "fits": ("This password is fine.", "Dieses Passwort ist gut."),
    "signed_in_as": ("Signed in as {name} until {until}", "Angemeldet als {name} bis {until}"),
    "sign_out": ("Sign out", "Abmelden"),
    "ends_soon": ("You will be signed out in {seconds} s.", "Sie werden in {seconds} s abgemeldet."),
    "ends_at_limit": ("Your time is up in {seconds} s. Finish what you do.", "Ihre Zeit endet in {seconds} s."),
    "stay": ("Stay signed in", "Angemeldet bleiben"),
    "till": ("Till", "Kasse"),
    "refund": ("Refund …", "Erstattung …"),
    "refund_title": ("Refund", "Erstattung"),
    "amount": ("Amount", "Betrag"),
    "reason": ("Reason", "Grund"),
    "no_amount": ("Give an amount such as 12.50.", "Geben Sie einen Betrag an, etwa 12,50."),
    "no_reason": ("Say what for.", "Geben Sie den Grund an."),
    "second": ("A manager approves it with name and password.", "Ein Leiter gibt sie mit Name und Passwort frei."),
    "approve": ("Approve", "Freigeben"),
    "not_a_manager": ("{name} may not approve refunds.", "{name} darf keine Erstattung freigeben."),
    "approved_by": ("Approved by", "Freigegeben von"),
    "users": ("Users", "Benutzer"),
    "sessions": ("Sessions", "Sitzungen"),
    "audit": ("Audit", "Protokoll"),
    "state": ("State", "Zustand"),
    "active": ("active", "aktiv"),
    "disabled": ("disabled", "gesperrt"),
    "changes": ("must change password", "muss Passwort ändern"),
    "damaged": ("damaged", "beschädigt"),
    "may": ("May", "Darf"),
    "administrator": ("Administrator", "Verwalter"),
    "manager": ("Manager", "Leiter"),
    "last_sign_in": ("Last sign-in", "Letzte Anmeldung"),
    "live": ("Signed in", "Angemeldet"),
    "new_user": ("New …", "Neu …"),
    "new_user_title": ("New user", "Neuer Benutzer"),
    "create": ("Create", "Anlegen"),
    "disable": ("Disable", "Sperren"),
    "enable": ("Enable", "Entsperren"),
    "reset": ("Reset by code …", "Code statt Passwort …"),
    "code": ("Code for {name}, good once until {until}:", "Code für {name}, einmal gültig bis {until}:"),
    "who": ("Who", "Wer"),
    "since": ("Since", "Seit"),
    "last_seen": ("Last seen", "Zuletzt"),
    "label": ("Label", "Platz"),
    "revoke": ("Revoke", "Beenden"),
    "time": ("Time", "Zeit"),
    "what": ("What", "Was"),
    "about": ("About", "Über"),
    "detail": ("Detail", "Näheres"),
    "program": ("the program", "das Programm"),
    "no_right": ("You may not do that any more.", "Das dürfen Sie nicht mehr."),
    "fault": ("That could not be done. {detail}", "Das ging nicht. {detail}"),
    "wait": ("Too many attempts. Try again in {seconds} s.", "Zu viele Versuche. Weiter in {seconds} s."),
    "wait_for_ever": ("Too many attempts. An administrator can help.", "Zu viele Versuche. Ein Verwalter hilft."),
    # Answers, by exception
    "BadCredentials": ("Wrong name or password.", "Name oder Passwort ist falsch."),
    "UserDisabled": ("This account is disabled.", "Dieses Konto ist gesperrt."),
    "MustChange": ("This password has to be changed first.", "Dieses Passwort muss erst geändert werden."),
    "UserExists": ("There is a user of that name.", "Diesen Namen gibt es schon."),
    "UserUnknown": ("There is no such user.", "Diesen Benutzer gibt es nicht."),
    "NameRefused": ("This name cannot be used.", "Dieser Name ist nicht möglich."),
    "PasswordWeak": ("This password is too weak.", "Dieses Passwort ist zu schwach."),
    "NotAllowed": ("Somebody else has to approve it.", "Das muss jemand anderes freigeben."),
    # Ends of a session, by status
    "OK": ("live", "angemeldet"),
    "UNKNOWN": ("This session is not known any more.", "Diese Sitzung ist nicht mehr bekannt."),
    "EXPIRED": ("The time limit was reached.", "Die Zeitgrenze wurde erreicht."),
    "IDLE": ("Nobody was active.", "Es war niemand aktiv."),
    "LOGGED_OUT": ("Signed out.", "Abgemeldet."),
    "REVOKED": ("Somebody ended this session.", "Jemand hat diese Sitzung beendet."),
    "CLOCK": ("The clock was set back.", "Die Uhr wurde zurückgestellt."),
    # Why a password is refused
    "SHORT": ("Too short: at least {least} characters.", "Zu kurz: mindestens {least} Zeichen."),
    "LONG": ("Too long.", "Zu lang."),
    "COMMON": ("Too common.", "Zu verbreitet."),
    "USER_NAME": ("Too much like the name.", "Dem Namen zu ähnlich."),
    "APP_NAME": ("Too much like the name of the program.", "Dem Namen des Programms zu ähnlich."),
    "REPEATS": ("The same thing again and again.", "Immer wieder dasselbe."),
    "SEQUENCE": ("A sequence that is easy to guess.", "Eine Folge, die leicht zu raten ist."),
}

EVENTS = {
    "NONE": ("edited or missing", "verändert oder entfernt"),
    "STORE_CREATED": ("store created", "Ablage angelegt"),
    "LOGIN_ATTEMPT": ("password tried", "Passwort versucht"),
    "LOGIN": ("signed in", "angemeldet"),
    "LOGIN_FAILED": ("wrong password", "falsches Passwort"),
    "LOGOUT": ("signed out", "abgemeldet"),
    "EXPIRED": ("time limit reached", "Zeitgrenze erreicht"),
    "IDLE": ("not active any more", "nicht mehr aktiv"),
    "CLOCK": ("ended: clock set back", "beendet: Uhr zurückgestellt"),
    "REVOKED": ("session ended", "Sitzung beendet"),
    "USER_CREATED": ("user created", "Benutzer angelegt"),
    "USER_RENAMED": ("user renamed", "Benutzer umbenannt"),
    "USER_ENABLED": ("user enabled", "Benutzer entsperrt"),
    "USER_DISABLED": ("user disabled", "Benutzer gesperrt"),
    "USER_PERMITTED": ("permissions set", "Rechte gesetzt"),
    "USER_DELETED": ("user deleted", "Benutzer gelöscht"),
    "USER_UNTHROTTLED": ("attempts forgotten", "Versuche vergessen"),
    "PASSWORD_CHANGED": ("password changed", "Passwort geändert"),
    "POLICY_CHANGED": ("policy changed", "Regel geändert"),
    "PURGED": ("old rows removed", "Altes entfernt"),
    "ADOPTED": ("store adopted", "Ablage übernommen"),
    "BACKED_UP": ("backed up", "gesichert"),
    "PASSWORD_RESET": ("reset by code", "Code statt Passwort"),
    "AUTHORIZED": ("approved", "freigegeben"),
}


class Words:
    def __init__(self, language: str) -> None:
        self._column = 1 if language == "de" else 0

    def __call__(self, key: str, **values: object) -> str:
        return TEXTS[key][self._column].format(**values)

    def event(self, kind: desksession.EventKind) -> str:
        return EVENTS[kind.name][self._column] if kind.name in EVENTS else str(int(kind))

    def ended(self, status: desksession.Status) -> str:
        return self(status.name) if status.name in TEXTS else self("fault", detail=status.name)

    def weak(self, reason: desksession.Weak, least: int) -> str:
        return self(reason.name, least=least) if reason.name in TEXTS else self("PasswordWeak")

    def error(self, error: Exception) -> str:
        """One sentence, with the remedy where the library knows one."""
        if isinstance(error, desksession.Throttled) and error.retry_after is not None:
            return self("wait_for_ever") if error.retry_after == math.inf else self("wait", seconds=math.ceil(error.retry_after))
        if isinstance(error, desksession.NotLoggedIn):
            return self.ended(error.status)
        if type(error).__name__ in TEXTS:
            return self(type(error).__name__)
        return self("fault", detail=error.detail if isinstance(error, desksession.SessionError) else str(error))


def of_system() -> str:
    """The language of the operating system's settings."""
    variables = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    told = next(filter(None, variables), locale.getlocale()[0]) or ""
    return "de" if told.lower().startswith(("de", "german")) else "en"


def clock(time: Optional[datetime]) -> str:
    """Local time: hours and minutes, with the day where it is not today."""
    if time is None:
        return "–"
    local = time.astimezone()
    return local.strftime("%H:%M" if local.date() == datetime.now().date() else "%Y-%m-%d %H:%M")
