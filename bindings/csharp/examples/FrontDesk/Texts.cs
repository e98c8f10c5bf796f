// All texts, in English and German.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using DeskSession;

namespace FrontDesk
{
    public static class Texts
    {
        private static int language;

        /// <summary>"en" or "de"; null = the operating system's.</summary>
        public static void Choose(string name)
        {
            language = (name ?? CultureInfo.CurrentUICulture.TwoLetterISOLanguageName) == "de" ? 1 : 0;
        }

        public static string Of(string key, params object[] values)
        {
            string[] both;
            return All.TryGetValue(key, out both) ? string.Format(both[language], values) : key;
        }

        /// <summary>An answer that is not yes.</summary>
        public static string OfAnswer(Status status) => OfStatus("Answer", status);

        /// <summary>How a session ended.</summary>
        public static string OfEnd(Status status) => OfStatus("End", status);

        private static string OfStatus(string kind, Status status)
        {
            return Of(All.ContainsKey(kind + status) ? kind + status : kind + "Other", (int)status);
        }

        public static string OfRights(Rights rights)
        {
            IEnumerable<Rights> known = new[] { Rights.Administrator, Rights.Manager }.Where(right => rights.HasFlag(right));
            return rights == Rights.None ? "–" : string.Join(", ", known.Select(right => Of(right.ToString())));
        }

        private sealed class Table : Dictionary<string, string[]>
        {
            public void Add(string key, string english, string german) => Add(key, new[] { english, german });
        }

        private static readonly Table All = new Table
        {
            { "Title", "Front Desk", "Front Desk" },
            { "FirstRun", "Welcome. Create the first administrator.", "Willkommen. Legen Sie den ersten Verwalter an." },
            { "SignIn", "Sign in", "Anmelden" },
            { "SignOut", "Sign out", "Abmelden" },
            { "Name", "Name", "Name" },
            { "Password", "Password", "Passwort" },
            { "OldPassword", "Old password", "Altes Passwort" },
            { "NewPassword", "New password", "Neues Passwort" },
            { "Repeat", "Repeat it", "Wiederholen" },
            { "Show", "Show", "Zeigen" },
            { "Create", "Create", "Anlegen" },
            { "Change", "Change", "Ändern" },
            { "ChangePassword", "Change password", "Passwort ändern" },
            { "Cancel", "Cancel", "Abbrechen" },
            { "Close", "Close", "Schließen" },
            { "Checking", "Checking…", "Wird geprüft…" },
            { "Wait", "Too many attempts. Try again in {0} s.", "Zu viele Versuche. Weiter in {0} s." },
            { "NotTheSame", "The two passwords differ.", "Die beiden Passwörter sind verschieden." },
            { "NotText", "That is not a whole character yet.", "Das ist noch kein ganzes Zeichen." },
            { "SignedIn", "Signed in as {0} until {1}", "Angemeldet als {0} bis {1}" },
            { "SignedOut", "You are signed out.", "Sie sind abgemeldet." },
            { "NotSignedOut", "The session could not be ended on disk.", "Die Sitzung konnte nicht beendet werden." },
            { "EndsSoon", "Your session ends in {0} s.", "Ihre Sitzung endet in {0} s." },
            { "Stay", "Stay signed in", "Angemeldet bleiben" },
            { "Till", "Till", "Kasse" },
            { "Refund", "Refund", "Erstattung" },
            { "Refunds", "Refunds", "Erstattungen" },
            { "Amount", "Amount", "Betrag" },
            { "Reason", "Reason", "Grund" },
            { "SecondPerson", "Manager's name", "Name der Leitung" },
            { "Approve", "Approve", "Genehmigen" },
            { "ApprovedBy", "Approved by", "Genehmigt von" },
            { "AmountAndReason", "An amount such as 12.50 and a reason, please.", "Bitte ein Betrag wie 12,50 und ein Grund." },
            { "NoManager", "{0} may not approve refunds.", "{0} darf keine Erstattungen genehmigen." },
            { "NotYourself", "It has to be another person.", "Es muss eine andere Person sein." },
            { "Users", "Users", "Personen" },
            { "NewUser", "New…", "Neu…" },
            { "Enable", "Enable", "Freigeben" },
            { "Disable", "Disable", "Sperren" },
            { "Enabled", "enabled", "frei" },
            { "Disabled", "disabled", "gesperrt" },
            { "HasCode", "has a code", "hat einen Code" },
            { "Tampered", "changed by somebody else", "von Fremden geändert" },
            { "Newer", "of a newer version", "von einer neueren Version" },
            { "Reset", "Reset by code", "Code ausstellen" },
            { "Code", "One-time code", "Einmalcode" },
            { "CodeFor", "For {0}, once, until {1:g}. It is not shown again.", "Für {0}, einmal, bis {1:g}. Er wird nicht wieder gezeigt." },
            { "Administrator", "Administrator", "Verwalter" },
            { "Manager", "Manager", "Leitung" },
            { "State", "State", "Zustand" },
            { "Rights", "Permissions", "Rechte" },
            { "LastSignIn", "Last sign-in", "Letzte Anmeldung" },
            { "LiveSessions", "Live sessions", "Sitzungen" },
            { "Sessions", "Sessions", "Sitzungen" },
            { "Who", "Who", "Wer" },
            { "Since", "Since", "Seit" },
            { "LastSeen", "Last seen", "Zuletzt" },
            { "Label", "Where", "Wo" },
            { "Revoke", "Revoke", "Beenden" },
            { "Audit", "Audit", "Protokoll" },
            { "Time", "Time", "Zeit" },
            { "What", "What", "Was" },
            { "AboutWhom", "About whom", "Über wen" },
            { "Detail", "Detail", "Einzelheit" },
            { "Reload", "Reload", "Neu laden" },
            { "AnswerBadCredentials", "Wrong name or password.", "Name oder Passwort ist falsch." },
            { "AnswerThrottled", "Too many attempts. An administrator can help.", "Zu viele Versuche. Ein Verwalter kann helfen." },
            { "AnswerUserDisabled", "This account is disabled.", "Dieses Konto ist gesperrt." },
            { "AnswerMustChange", "That person has to choose a new password first.", "Diese Person muss erst ein neues Passwort wählen." },
            { "AnswerUserExists", "Somebody of that name exists.", "Den Namen gibt es schon." },
            { "AnswerUserUnknown", "There is no such person.", "Diese Person gibt es nicht." },
            { "AnswerNameRefused", "A name is words with single spaces between.", "Ein Name besteht aus Wörtern mit einzelnen Leerzeichen." },
            { "AnswerNotAllowed", "Your session has ended; nothing was changed.", "Ihre Sitzung ist zu Ende; nichts wurde geändert." },
            { "AnswerOther", "Not done ({0}).", "Nicht getan ({0})." },
            { "EndOk", "live", "läuft" },
            { "EndIdle", "Signed out: nothing was done for too long.", "Abgemeldet: zu lange nichts getan." },
            { "EndExpired", "Signed out: the time limit is reached.", "Abgemeldet: die Zeit ist um." },
            { "EndLoggedOut", "Signed out elsewhere.", "Anderswo abgemeldet." },
            { "EndRevoked", "Ended by somebody else, or the account was disabled.", "Von jemandem beendet, oder das Konto ist gesperrt." },
            { "EndClock", "Signed out: the clock was set back.", "Abgemeldet: die Uhr wurde zurückgestellt." },
            { "EndUnknown", "The session is not known any more.", "Die Sitzung ist nicht mehr bekannt." },
            { "EndOther", "Signed out: the store cannot be read ({0}).", "Abgemeldet: der Speicher ist nicht lesbar ({0})." },
            { "WeakShort", "Needs {0} characters; a short sentence does well.", "Braucht {0} Zeichen; ein kurzer Satz ist gut." },
            { "WeakLong", "Too long.", "Zu lang." },
            { "WeakCommon", "Many people use it.", "Viele benutzen es." },
            { "WeakUserName", "It is little more than the name.", "Kaum mehr als der Name." },
            { "WeakAppName", "It is little more than the program's name.", "Kaum mehr als der Name des Programms." },
            { "WeakRepeats", "It repeats itself.", "Es wiederholt sich." },
            { "WeakSequence", "It is a run of letters, digits or keys.", "Eine Folge von Buchstaben, Ziffern oder Tasten." },
            { "Score1", "It will do.", "Es geht." },
            { "Score2", "Fair.", "Ordentlich." },
            { "Score3", "Good.", "Gut." },
            { "Score4", "Very good.", "Sehr gut." },
            { "EventStoreCreated", "store created", "Speicher angelegt" },
            { "EventLoginAttempt", "attempt", "Versuch" },
            { "EventLogin", "signed in", "angemeldet" },
            { "EventLoginFailed", "wrong password", "falsches Passwort" },
            { "EventLogout", "signed out", "abgemeldet" },
            { "EventExpired", "session expired", "Sitzung abgelaufen" },
            { "EventIdle", "session idle", "Sitzung untätig" },
            { "EventClock", "clock set back", "Uhr zurückgestellt" },
            { "EventRevoked", "session revoked", "Sitzung beendet" },
            { "EventUserCreated", "user created", "Person angelegt" },
            { "EventUserRenamed", "user renamed", "Person umbenannt" },
            { "EventUserEnabled", "user enabled", "Person freigegeben" },
            { "EventUserDisabled", "user disabled", "Person gesperrt" },
            { "EventUserPermitted", "permissions set", "Rechte geändert" },
            { "EventUserDeleted", "user deleted", "Person gelöscht" },
            { "EventUserUnthrottled", "attempts forgotten", "Versuche vergessen" },
            { "EventPasswordChanged", "password changed", "Passwort geändert" },
            { "EventPolicyChanged", "policy changed", "Regel geändert" },
            { "EventPurged", "old rows removed", "Altes entfernt" },
            { "EventAdopted", "store adopted", "Speicher übernommen" },
            { "EventBackedUp", "backed up", "gesichert" },
            { "EventPasswordReset", "code issued", "Code ausgestellt" },
            { "EventAuthorized", "approved", "genehmigt" },
        };
    }
}
