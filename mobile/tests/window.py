#!/usr/bin/python3
"""Walks through the app in a real window: against the real server, with a real keychain.

Elements are found as a screen reader finds them, by role and name in the accessibility tree. The first
half presses them with the pointer and types with the keyboard; the second, after the app was closed and
opened again, uses the accessibility tree's own actions. scripts/app-window starts everything this needs.
"""

import http.client
import json
import os
import re
import subprocess
import sys
import time
import warnings

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402

# get_text_iface: the name by which Debian 12 and newer both know it.
warnings.simplefilter("ignore", DeprecationWarning)

PIN = "483920"
OUT = os.environ["OUT"]
PASSWORD = "lantern ferry quince"


def eventually(what, ask, seconds=30):
    until = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > until:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.1)


class Browser:
    """The head's browser, without a screen: cookies and an access token."""

    def __init__(self, origin):
        self.host = origin.removeprefix("http://")
        self.origin = origin
        self.cookies = {}
        self.token = None

    def ask(self, method, path, body=None):
        headers = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin", "User-Agent": "Mozilla/5.0 Chrome/140"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        connection = http.client.HTTPConnection(self.host, timeout=20)
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        connection.close()
        return answer.status, json.loads(text) if text else None

    def must(self, method, path, body=None):
        status, answer = self.ask(method, path, body)
        assert status < 300, f"{method} {path}: {status} {answer}"
        session = answer.get("session", answer) if answer else {}
        self.token = session.get("access_token", self.token)
        return answer

    def unlock(self):
        """Asks to be unlocked; gives the unlock and the number that the page would show."""
        unlock = self.must("POST", "/v1/unlocks", {})
        return unlock["id"], unlock["number"]

    def state(self, unlock):
        return self.must("GET", f"/v1/unlocks/{unlock}")["state"]

    def may_read(self):
        self.must("POST", "/v1/session/token")
        return self.ask("GET", "/v1/dashboard")[0] == 200


class App:
    """The app's window, as a person at it has it."""

    def __init__(self, binary):
        self.log = open(os.path.join(OUT, "app.log"), "a")
        self.process = subprocess.Popen([binary], stdout=self.log, stderr=self.log)
        found = subprocess.run(
            ["xdotool", "search", "--sync", "--onlyvisible", "--name", "^Safehold$"],
            capture_output=True, text=True, timeout=30, check=True,
        )
        self.window = found.stdout.split()[-1]

    def close(self):
        self.process.terminate()
        self.process.wait(10)

    def nodes(self):
        """Everything on the page: role, name, node."""
        found = []

        def walk(node, depth):
            if node is None or depth > 24:
                return
            try:
                found.append((node.get_role_name(), node.get_name() or "", node))
                children = [node.get_child_at_index(at) for at in range(node.get_child_count())]
            except gi.repository.GLib.Error:
                return  # It left the page meanwhile.
            for child in children:
                walk(child, depth + 1)

        desktop = Atspi.get_desktop(0)
        for at in range(desktop.get_child_count()):
            app = desktop.get_child_at_index(at)
            if app is not None and app.get_process_id() == self.process.pid:
                walk(app, 0)
        return found

    def find(self, role, name, enabled=False):
        pattern = re.compile(name)
        for found_role, found_name, node in self.nodes():
            if found_role == role and pattern.search(found_name):
                try:
                    states = node.get_state_set()
                    if not enabled or states.contains(Atspi.StateType.ENABLED) and states.contains(Atspi.StateType.SENSITIVE):
                        return node
                except gi.repository.GLib.Error:
                    continue
        return None

    def wait(self, role, name, enabled=False):
        try:
            return eventually(f"{role} “{name}”", lambda: self.find(role, name, enabled))
        except AssertionError:
            self.picture("stuck")
            seen = "\n".join(f"{role}: {name}" for role, name, _ in self.nodes() if name)
            raise AssertionError(f"there is no {role} “{name}” among\n{seen}") from None

    def heading(self, name):
        return self.wait("heading", name)

    def click(self, role, name):
        """With the pointer, in the middle of it."""
        node = self.wait(role, name, enabled=True)
        # Scrolled to, as a person would.
        node.scroll_to(Atspi.ScrollType.ANYWHERE)
        before = None
        while True:
            box = node.get_extents(Atspi.CoordType.SCREEN)
            if before and (before.x, before.y) == (box.x, box.y):
                break
            before = box
            time.sleep(0.1)
        x, y = box.x + box.width // 2, box.y + box.height // 2
        subprocess.run(["xdotool", "mousemove", str(x), str(y), "click", "1"], check=True)

    def press(self, role, name):
        """By the accessibility tree's own action."""
        node = self.wait(role, name, enabled=True)
        assert node.do_action(0), f"{role} “{name}” cannot be pressed"

    def type(self, text):
        subprocess.run(["xdotool", "type", "--delay", "4", text], check=True)

    @staticmethod
    def key(name):
        subprocess.run(["xdotool", "key", name], check=True)

    def fill(self, name, text):
        """Types into a field, and waits until all of it has arrived: keys are slower than the pointer."""
        role = "password text" if self.find("password text", name) else "entry"
        self.click(role, name)
        eventually(f"“{name}” has the focus", lambda: self.has_focus(role, name))
        if self.count(role, name):
            self.key("ctrl+a")
        self.type(text)
        # On a machine with much else to do the X server itself drops keys. A person types them again.
        try:
            eventually(f"“{name}” is filled", lambda: self.count(role, name) == len(text), seconds=5)
        except AssertionError:
            self.key("ctrl+a")
            self.type(text)
            eventually(f"“{name}” is filled", lambda: self.count(role, name) == len(text))

    def has_focus(self, role, name):
        node = self.find(role, name)
        return node and node.get_state_set().contains(Atspi.StateType.FOCUSED)

    def count(self, role, name):
        node = self.find(role, name)
        text = node and node.get_text_iface()
        return text.get_character_count() if text else 0

    def texts(self):
        return [name for _, name, _ in self.nodes() if name]

    def says(self, words):
        return any(words in self.text_of(node) for _, _, node in self.nodes())

    @staticmethod
    def text_of(node):
        try:
            text = node.get_text_iface()
            return text.get_text(0, text.get_character_count()) if text else node.get_name() or ""
        except gi.repository.GLib.Error:
            return ""

    def picture(self, name):
        subprocess.run(["import", "-window", self.window, os.path.join(OUT, f"{name}.png")], check=True)


def set_up(app, head, code):
    """A school is set up by pointer and keyboard: the link, a PIN, three sheets."""
    answer = head.must("POST", "/v1/setup", {
        "code": code, "school_name": "Juniper Harbor", "name": "Bashir Okonjo",
        "email": "bashir.okonjo@school.example", "password": PASSWORD,
    })
    app.heading("Make this device your key")
    app.picture("01-welcome")
    app.fill("Link from the page", answer["enrolment"]["link"])
    app.click("push button", "^Continue$")
    app.heading("Choose a PIN")
    app.fill("^PIN", PIN)
    app.fill("The same PIN again", PIN)
    app.picture("02-pin")
    app.click("push button", "Make my key")
    app.heading("Print this sheet")
    for number in (1, 2, 3):
        eventually(f"sheet {number}", lambda: app.says(f"sheet {number} of 3"))
        if number == 1:
            app.click("push button", "Save it as a page to print")
            saved = eventually("the page is saved", lambda: pages())
            assert open(saved[0], "rb").read(5) == b"%PDF-", saved
            app.picture("03-sheet")
        items = eventually("six lines", lambda: sheet_lines(app))
        app.fill("last four characters", items[-1][-4:].lower())
        app.click("push button", "Next sheet" if number < 3 else "Open the school")
        eventually("the next sheet", lambda: not app.says(f"sheet {number} of 3"))
        assert pages() == [], "a sheet that is on paper is no longer on the disk"
    app.heading("Your key is ready")
    app.picture("04-ready")
    eventually("the server says so too", lambda: head.must("GET", "/v1/setup/progress")["state"] == "open")


def pages():
    home = os.environ["HOME"]
    return [os.path.join(home, name) for name in os.listdir(home) if name.endswith(".pdf")]


def sheet_lines(app):
    lines = [app.text_of(node) for role, _, node in app.nodes() if role == "list item"]
    found = [match.group(0) for line in lines if (match := re.search(r"(?:[0-9A-Z]{4} ?)+$", line.strip()))]
    return found if len(found) == 6 else None


def unlock_by_hand(app, head):
    unlock, number = head.unlock()
    app.heading("Is this you?")
    assert app.says("Chrome")
    app.picture("05-is-this-you")
    app.click("push button", "It is me")
    app.heading("Which number")
    app.picture("06-number")
    app.click("push button", f"^{number[0]}$")
    app.type(number[1:])
    app.heading("Your PIN")
    app.type("111222")
    app.click("push button", "^Unlock$")
    eventually("the wrong PIN is said to be wrong", lambda: app.says("4 tries are left"))
    app.picture("07-wrong-pin")
    app.click("push button", f"^{PIN[0]}$")
    app.type(PIN[1:])
    eventually("six digits are typed", lambda: app.says("6 digits typed"))
    app.key("Return")
    app.heading("^Unlocked$")
    app.picture("08-unlocked")
    eventually("the browser is open", lambda: head.state(unlock) == "open")
    assert head.may_read(), "the records open"

    app.click("push button", "Unlocked browsers")
    app.heading("Unlocked browsers")
    app.picture("09-sessions")
    app.click("push button", "^Lock ")
    eventually("the app says so", lambda: app.says("No browser of yours is unlocked"))
    assert not head.may_read(), "the records are locked from the app"
    app.click("push button", "^Back$")
    app.heading("Your key is ready")


def unlock_by_accessibility(app, head):
    """The same by the accessibility tree alone: no pointer, no keyboard, no picture."""
    app.press("push button", "About this key")
    app.heading("About this key")
    assert app.says("The server’s fingerprint") and app.says("Juniper Harbor")
    app.press("push button", "^Back$")
    app.press("push button", "Who holds keys")
    app.heading("Who holds keys")
    assert app.says("this device")
    app.picture("10-holders")
    app.press("push button", "^Back$")
    unlock, number = head.unlock()
    app.heading("Is this you?")
    app.press("push button", "It is me")
    for digit in number:
        app.press("push button", f"^{digit}$")
    app.heading("Your PIN")
    for digit in PIN:
        app.press("push button", f"^{digit}$")
    app.press("push button", "^Unlock$")
    app.heading("^Unlocked$")
    eventually("the browser is open", lambda: head.state(unlock) == "open")
    assert head.may_read()
    app.press("push button", "^Done$")
    head.must("DELETE", "/v1/unlock")


def refuse(app, head):
    unlock, _ = head.unlock()
    app.heading("Is this you?")
    app.click("push button", "Not me")
    app.heading("^Refused$")
    app.picture("11-refused")
    assert head.state(unlock) == "refused"
    head.must("POST", "/v1/session/token")
    assert head.ask("GET", "/v1/dashboard")[0] != 200


def main():
    origin, code, binary = sys.argv[1:]
    head = Browser(origin)
    done = 0
    app = App(binary)
    try:
        set_up(app, head, code)
        done += 1
        unlock_by_hand(app, head)
        done += 1
        app.close()
        app = App(binary)
        app.heading("Your key is ready")
        unlock_by_accessibility(app, head)
        done += 1
        refuse(app, head)
        done += 1
    except Exception:
        app.picture("failed")
        raise
    finally:
        app.close()
        print(f"# pass {done}\n# fail {4 - done}")


if __name__ == "__main__":
    main()
