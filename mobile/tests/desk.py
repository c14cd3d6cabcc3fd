"""What scripts/app-window has on its desk: a browser without a screen, and the app in a window, whose elements
are found as a screen reader finds them."""

import http.client
import io
import json
import os
import re
import subprocess
import sys
import time
import uuid
import warnings
import zipfile

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402

# get_text_iface: the name by which Debian 12 and newer both know it.
warnings.simplefilter("ignore", DeprecationWarning)

PIN = "483920"
OUT = os.environ["OUT"]


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

    def ask(self, method, path, body=None, kind="application/json", once=False):
        headers = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin", "User-Agent": "Mozilla/5.0 Chrome/140"}
        if body is not None:
            headers["Content-Type"] = kind
            body = body if isinstance(body, bytes) else json.dumps(body)
        if once:
            headers["Idempotency-Key"] = str(uuid.uuid4())
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        connection = http.client.HTTPConnection(self.host, timeout=20)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        connection.close()
        return answer.status, json.loads(text) if text else None

    def must(self, method, path, body=None, **others):
        status, answer = self.ask(method, path, body, **others)
        assert status < 300, f"{method} {path}: {status} {answer}"
        session = answer.get("session", answer) if answer else {}
        self.token = session.get("access_token", self.token)
        return answer

    def record_a_concern(self):
        """A pupil comes with the school's roster, and a concern about them is recorded: something that is sealed."""
        school, roster = "b51b2f2c-0001-4000-8000-000000000001", io.BytesIO()
        with zipfile.ZipFile(roster, "w") as archive:
            absent = "".join(f"file.{name},absent\n" for name in ("academicSessions", "classes", "courses", "demographics", "enrollments"))
            archive.writestr("manifest.csv", "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\n" + absent + "file.orgs,bulk\nfile.users,bulk\n")
            archive.writestr("orgs.csv", f"sourcedId,name,type,identifier,parentSourcedId\n{school},Juniper Harbor,school,1,\n")
            archive.writestr("users.csv", f"sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName,grades\nu0,true,{school},student,u0,Tomos,Gale,09\n")
        edge = uuid.uuid4().hex
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="roster.zip"\r\nContent-Type: application/zip\r\n\r\n'
        body = head.encode() + roster.getvalue() + f"\r\n--{edge}--\r\n".encode()
        refused = self.must("POST", "/v1/imports", body, kind=f"multipart/form-data; boundary={edge}", once=True)["refused"]
        assert refused == [], refused
        pupil = self.must("POST", "/v1/pupil-lookups", {"letters": "Tomos"})["items"][0]["id"]
        categories = self.must("GET", "/v1/categories")["items"]
        category = next(one["id"] for one in categories if one["compartment"] == "safeguarding")
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 600))
        self.must("POST", "/v1/concerns", {
            "pupils": [{"pupil": pupil, "role": "subject"}], "categories": [category], "occurred_at": at,
            "occurred_precision": "about", "narrative": "Came without a coat on a cold day.", "urgent": False,
        }, once=True)

    def unlock(self):
        """Asks to be unlocked; gives the unlock and the number that the page would show."""
        unlock = self.must("POST", "/v1/unlocks", {})
        return unlock["id"], unlock["number"]

    def state(self, unlock):
        return self.must("GET", f"/v1/unlocks/{unlock}")["state"]

    def may_read(self):
        self.must("POST", "/v1/session/token")
        return self.ask("GET", "/v1/dashboard")[0] == 200


class Copied:
    """A picture that was copied: whoever holds it must stay, as a program with a window does."""

    def __init__(self, path):
        holder = (
            "import sys, gi; gi.require_version('Gdk', '3.0'); gi.require_version('Gtk', '3.0'); from gi.repository import Gdk, GdkPixbuf, Gtk;"
            "held = Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD);"
            "held.set_image(GdkPixbuf.Pixbuf.new_from_file(sys.argv[1])); print('held', flush=True); Gtk.main()"
        )
        self.process = subprocess.Popen(["/usr/bin/python3", "-c", holder, path], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline().strip() == "held"

    def close(self):
        self.process.terminate()
        self.process.wait(10)


class App:
    """The app's window, as a person at it has it. Each device has a folder of its own. There is no window
    manager: the windows lie on top of each other, and whichever is used comes to the front."""

    def __init__(self, binary, device="first"):
        self.log = open(os.path.join(OUT, "app.log"), "a")
        self.folder = os.path.join(os.environ["HOME"], device)
        # What the app opens in the browser is written down instead, by the one that the desktop knows.
        self.opened = os.path.join(self.folder, "opened-in-the-browser")
        os.makedirs(self.folder, exist_ok=True)
        browser = os.path.join(self.folder, "browser")
        with open(browser, "w") as script:
            script.write(f'#!/bin/sh\nprintf "%s\\n" "$1" >> "{self.opened}"\n')
        os.chmod(browser, 0o755)
        self.environment = dict(os.environ, XDG_DATA_HOME=self.folder)
        os.makedirs(os.path.join(self.folder, "applications"), exist_ok=True)
        with open(os.path.join(self.folder, "applications", "this-browser.desktop"), "w") as entry:
            entry.write(f"[Desktop Entry]\nType=Application\nName=Browser\nExec={browser} %u\nMimeType=x-scheme-handler/http;\n")
        subprocess.run(["xdg-mime", "default", "this-browser.desktop", "x-scheme-handler/http"], env=self.environment, check=True)
        begun = time.monotonic()
        self.process = subprocess.Popen([binary], stdout=self.log, stderr=self.log, env=self.environment)
        found = subprocess.run(
            ["xdotool", "search", "--sync", "--onlyvisible", "--all", "--pid", str(self.process.pid), "--name", "^Safehold$"],
            capture_output=True, text=True, timeout=30, check=True,
        )
        self.window = found.stdout.split()[-1]
        self.painted = eventually("something is painted", lambda: self.colours() > 40) and time.monotonic() - begun

    def colours(self):
        """How many colours the window has: an empty one has a few."""
        shot = subprocess.run(["import", "-window", self.window, "-crop", "390x220+0+0", "png:-"], capture_output=True)
        seen = subprocess.run(["identify", "-format", "%k", "png:-"], input=shot.stdout, capture_output=True, text=False)
        return int(seen.stdout or 0)

    def memory(self):
        """Megabytes of the app and of the processes that its webview has, each page that they share counted once."""
        parents = {}
        for entry in os.listdir("/proc"):
            try:
                with open(f"/proc/{entry}/stat") as file:
                    parents[int(entry)] = int(file.read().rpartition(")")[2].split()[1])
            except (ValueError, OSError):
                continue
        own = {self.process.pid}
        while grown := {child for child, parent in parents.items() if parent in own} - own:
            own |= grown
        total = 0
        for process in own:
            try:
                with open(f"/proc/{process}/smaps_rollup") as file:
                    total += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
            except OSError:
                continue
        return total // 1024, len(own)

    def browsed(self):
        """The last page that the app has opened in the browser."""
        try:
            with open(self.opened) as file:
                return file.read().split()[-1]
        except (OSError, IndexError):
            return None

    def choose_file(self, path):
        """Names a file in the desktop's own window for files."""
        dialog = subprocess.run(
            ["xdotool", "search", "--sync", "--onlyvisible", "--name", "^A picture of the square$"],
            capture_output=True, text=True, timeout=20, check=True,
        ).stdout.split()[-1]
        self.wait("file chooser|dialog", "A picture of the square")
        subprocess.run(["xdotool", "windowraise", dialog, "windowfocus", "--sync", dialog], check=True)
        subprocess.run(["xdotool", "key", "ctrl+l"], check=True)
        eventually("there is a field for a path", lambda: self.find("text", ""))
        eventually("the path is typed", lambda: self.typed_path(path))
        subprocess.run(["xdotool", "key", "Return"], check=True)
        eventually("the window for files is closed", lambda: not self.is_there(dialog))

    def typed_path(self, path):
        subprocess.run(["xdotool", "key", "ctrl+a", "type", "--delay", "12", path], check=True)
        time.sleep(0.3)
        return any(path == self.text_of(node) for role, _, node in self.nodes() if role == "text")

    @staticmethod
    def is_there(window):
        shown = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "^A picture of the square$"], capture_output=True, text=True)
        return window in shown.stdout.split()

    def front(self):
        subprocess.run(["xdotool", "windowraise", self.window], check=True)

    def device(self):
        """The device's id, as the app has written it down."""
        with open(os.path.join(self.folder, "safehold-authenticator", "profile.json")) as file:
            return json.load(file)["schools"][0]["device"]

    def close(self):
        if self.process.poll() is None:
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
            if re.fullmatch(role, found_role) and pattern.search(found_name):
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
        self.front()
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
        self.front()
        first, *others = text.split("\n")
        subprocess.run(["xdotool", "type", "--delay", "4", first], check=True)
        for line in others:
            subprocess.run(["xdotool", "key", "Return", "type", "--delay", "4", line], check=True)

    def key(self, name):
        self.front()
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

    def count_of(self, role, name):
        """How many elements have this role, and a name like this."""
        return sum(found == role and name in named for found, named, _ in self.nodes())

    @staticmethod
    def text_of(node):
        try:
            text = node.get_text_iface()
            return text.get_text(0, text.get_character_count()) if text else node.get_name() or ""
        except gi.repository.GLib.Error:
            return ""

    def picture(self, name):
        self.front()
        subprocess.run(["import", "-window", self.window, os.path.join(OUT, f"{name}.png")], check=True)
