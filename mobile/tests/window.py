#!/usr/bin/python3
"""Walks through the app in a real window: against the real server, with a real keychain.

Elements are found as a screen reader finds them, by role and name in the accessibility tree. The first
part presses them with the pointer and types with the keyboard; the second, after the app was closed and
opened again, uses the accessibility tree's own actions. Then the whole life of a key, by pointer and
keyboard again: a second device is enrolled and granted by the first, from a picture of its screen; both
show the same request, and one answers it; a key is changed; both are lost; two sheets on a third give the
keys back, and new ones make them useless; a page opens the third by its link, and it opens the page again; a fourth
that waits opens the third by its own, and is granted.
scripts/app-window starts everything this needs.
"""

import os
import re
import subprocess
import sys

from desk import OUT, PIN, App, Atspi, Browser, Copied, eventually

PASSWORD = "lantern ferry quince"


def begin(app, link, name=None):
    """A link is pasted and a PIN chosen."""
    app.heading("Make this device your key")
    app.picture(f"{name}-welcome") if name else None
    app.fill("Link from the page", link)
    app.click("push button", "^Continue$")
    app.heading("Choose a PIN")
    app.fill("^PIN", PIN)
    app.fill("The same PIN again", PIN)
    app.picture(f"{name}-pin") if name else None
    app.click("push button", "Make my key")


def copy_sheets(app, last):
    """Copies each sheet from the screen, and types its last four characters; gives the sheets."""
    sheets = []
    for number in (1, 2, 3):
        eventually(f"sheet {number}", lambda: app.says(f"sheet {number} of 3"))
        if number == 1:
            app.click("push button", "Save it as a page to print")
            saved = eventually("the page is saved", lambda: pages())
            assert open(saved[0], "rb").read(5) == b"%PDF-", saved
        lines = eventually("six lines", lambda: sheet_lines(app))
        sheets.append(lines)
        app.fill("last four characters", lines[-1][-4:].lower())
        app.click("push button", "Next sheet" if number < 3 else last)
        eventually("the next sheet", lambda: not app.says(f"sheet {number} of 3"))
        assert pages() == [], "a sheet that is on paper is no longer on the disk"
    return sheets


def set_up(app, head, code):
    """A school is set up by pointer and keyboard: the link, a PIN, three sheets."""
    answer = head.must("POST", "/v1/setup", {
        "code": code, "school_name": "Juniper Harbor", "name": "Bashir Okonjo",
        "email": "bashir.okonjo@school.example", "password": PASSWORD,
    })
    begin(app, answer["enrolment"]["link"], "01")
    app.heading("Print this sheet")
    app.picture("03-sheet")
    sheets = copy_sheets(app, "Open the school")
    app.heading("Your key is ready")
    app.picture("04-ready")
    eventually("the server says so too", lambda: head.must("GET", "/v1/setup/progress")["state"] == "open")
    return sheets


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


def grant(app, second, head):
    """A second device of the head's is enrolled, and granted by the first: by a picture of its screen."""
    begin(second, head.must("POST", "/v1/enrolments", {})["link"])
    second.heading("Your key is made")
    words = eventually("six words", lambda: six_words(second))
    second.picture("12-waiting")
    second.click("toggle button|push button|disclosure triangle|unknown|section|panel", "^Or show a square")
    eventually("its square is shown", lambda: second.find("image", "as a square to scan"))
    second.find("image", "as a square to scan").scroll_to(Atspi.ScrollType.ANYWHERE)
    second.picture("12-square")
    app.click("push button", "Give a key to somebody")
    app.heading("Give a key")
    # Six words are the other way; they are typed, and not used.
    app.fill("Their six words", " ".join(words))
    app.click("toggle button|push button|disclosure triangle|unknown|section|panel", "^Or use a picture of the square")
    copied = Copied(os.path.join(OUT, "03-sheet.png"))
    app.click("push button", "Paste a copied picture")
    eventually("a sheet's square gives nobody a key", lambda: app.says("not the one that is asked for here"))
    copied.close()
    app.picture("13-other-square")
    app.click("push button", "Choose a picture")
    app.choose_file(os.path.join(OUT, "12-square.png"))
    app.heading("^A key for ")
    app.picture("13-deciding")
    app.fill("Your PIN", PIN)
    app.click("push button", "Give this key")
    app.heading("has a key")
    app.click("push button", "^Done$")
    second.heading("Your key is ready")


def unlock_by_keyboard(second, app, head):
    """What was granted opens a browser; number and PIN are typed. The first device, which shows the same, is told."""
    unlock, number = head.unlock()
    app.heading("Is this you?")
    app.click("push button", "It is me")
    app.heading("Which number")
    second.heading("Is this you?")
    second.click("push button", "It is me")
    second.heading("Which number")
    second.type(number)
    second.heading("Your PIN")
    second.type(PIN)
    eventually("six digits are typed", lambda: second.says("6 digits typed"))
    second.key("Return")
    second.heading("^Unlocked$")
    eventually("the browser is open", lambda: head.state(unlock) == "open")
    assert head.may_read()
    second.click("push button", "^Done$")
    app.heading("^No longer asked$")
    app.picture("13-answered-elsewhere")
    app.click("push button", "^Done$")
    head.must("DELETE", "/v1/unlock")


def unlock_by_link(app, head):
    """A page opens the app by its link, as the desktop does, and the app opens the page again."""
    app.click("push button", "About this key")
    app.heading("About this key")
    app.click("push button", "Let my school’s page open this app")
    app.wait("push button", "No longer let a page open it")
    app.picture("26-opened-by-the-browser")
    # It was left open at another screen.
    unlock = head.must("POST", "/v1/unlocks", {"hand_off": True})
    assert not unlock["number"], "there is none to be typed"
    link = f"safehold:unlock?u={unlock['id']}&o={head.origin}"
    subprocess.run(["xdg-open", link], env=app.environment, check=True, timeout=30)
    app.heading("Is this you?")
    app.click("push button", "It is me")
    app.heading("Your PIN")
    app.type(PIN)
    eventually("six digits are typed", lambda: app.says("6 digits typed"))
    app.key("Return")
    app.heading("^Unlocked$")
    page = eventually("the page is opened again", app.browsed)
    before, _, returned = page.partition("#")
    named, _, token = returned.partition(".")
    assert (before, named) == (f"{head.origin}/app/return", unlock["id"]), before
    assert head.state(unlock["id"]) != "open", "only what the page brings opens"
    head.must("POST", f"/v1/unlocks/{named}/return", {"token": token})
    assert head.may_read(), "the records open on the new device"
    app.click("push button", "^Done$")
    head.must("DELETE", "/v1/unlock")
    # A link to somewhere else is not followed.
    elsewhere = f"safehold:unlock?u={unlock['id']}&o=https://safehold.example.evil"
    subprocess.run(["xdg-open", elsewhere], env=app.environment, check=True, timeout=30)
    app.heading("^Stop$|came to nothing")
    assert app.says("not at the address of your school")
    app.picture("27-another-address")
    app.click("push button", "^Back$")


def grant_by_link(app, fourth):
    """The link of a device that waits opens the app, as the square does in a phone's camera, and the device is granted."""
    fourth.heading("Your key is made")
    words = eventually("six words", lambda: six_words(fourth))
    fourth.click("toggle button|push button|disclosure triangle|unknown|section|panel", "^Or show a square")
    link = eventually("its link is shown", lambda: device_link(fourth))
    fourth.picture("28-link")
    subprocess.run(["xdg-open", link], env=app.environment, check=True, timeout=30)
    app.heading("^A key for ")
    assert eventually("six words to compare", lambda: six_words(app)) == words
    app.picture("29-deciding-by-link")
    app.fill("Your PIN", PIN)
    app.click("push button", "Give this key")
    app.heading("has a key")
    app.click("push button", "^Done$")
    fourth.heading("Your key is ready")


def device_link(app):
    texts = (app.text_of(node).strip() for role, _, node in app.nodes() if role == "paragraph")
    return next((text for text in texts if text.startswith("safehold:grant?d=")), None)


def six_words(app):
    words = [app.text_of(node).strip() for role, _, node in app.nodes() if role == "list item"]
    words = [re.sub(r"[^a-z]", "", word) for word in words]
    return words if len(words) == 6 and all(words) else None


def change_key(app, head):
    """A key is changed by pointer and keyboard; the app is closed in the middle, and finds the rest."""
    app.click("push button", "Change keys")
    app.heading("^Change keys$")
    app.picture("14-keys")
    app.click("push button", "Safeguarding")
    app.heading("A new key for safeguarding")
    app.fill("Your PIN", PIN)
    app.click("push button", "Change this key")
    app.heading("Safeguarding has a new key")
    app.picture("15-key-changed")


def lose(app, second, head):
    """Both devices are lost: shut out from a signed-in browser, with no key at hand."""
    for device in (second.device(), app.device()):
        head.must("POST", f"/v1/devices/{device}/lost", {})
    app.click("push button", "Look for a request")
    app.heading("This device is suspended")
    app.picture("17-suspended")
    states = {device["state"] for device in head.must("GET", "/v1/devices")["items"]}
    assert states == {"suspended"}, states


def recover(app, head, sheets):
    """On a third device, two sheets give the keys back; a wrong character is named."""
    begin(app, head.must("POST", "/v1/enrolments", {})["link"])
    app.heading("Your key is made")
    app.click("push button", "Use two recovery sheets")
    app.heading("Your first sheet")
    app.picture("18-first-sheet")
    first, second = sheets[2], sheets[0]
    wrong = list(first)
    wrong[3] = ("8" if wrong[3][0] == "7" else "7") + wrong[3][1:]
    app.fill("Its six lines", "\n".join(wrong).lower())
    eventually("the line is named", lambda: app.says("Line 4 has a wrong character"))
    app.click("push button", "^Continue$")
    eventually("sheet and line are named", lambda: app.says("In sheet 3: there is a slip in line 4"))
    app.picture("19-slip")
    app.fill("Its six lines", "\n".join(first))
    eventually("it is right", lambda: app.says("All six lines are right."))
    app.click("push button", "^Continue$")
    app.heading("Now another sheet")
    app.fill("Its six lines", "\n".join(second))
    app.click("push button", "^Continue$")
    app.heading("The sheets fit")
    app.picture("20-take-keys")
    app.fill("Your PIN", PIN)
    app.click("push button", "Take the keys")
    app.heading("You have the keys again")
    app.picture("21-recovered")
    devices = {device["id"]: device["state"] for device in head.must("GET", "/v1/devices")["items"]}
    assert sorted(devices.values()) == ["granted", "revoked", "revoked"], devices
    assert devices[app.device()] == "granted"


def renew(app, head, old):
    """New sheets make the old ones useless; the new ones are tried out."""
    app.click("push button", "Make new sheets now")
    app.heading("Make new recovery sheets")
    app.picture("22-new-kit")
    app.fill("Your PIN", PIN)
    app.click("push button", "Make the sheets")
    new = copy_sheets(app, "Let the new sheets count")
    app.heading("The new sheets count")
    app.picture("23-new-sheets")
    app.click("push button", "Test two sheets")
    for sheets, numbers in ((old, (0, 1)), (new, (1, 2))):
        app.heading("Your first sheet")
        eventually("the field is empty", lambda: app.count("entry", "Its six lines") == 0)
        app.fill("Its six lines", "\n".join(sheets[numbers[0]]))
        app.click("push button", "^Continue$")
        app.heading("Now another sheet")
        app.fill("Its six lines", "\n".join(sheets[numbers[1]]))
        app.click("push button", "^Continue$")
        if sheets is old:
            eventually("they are useless", lambda: app.says("they no longer open this school"))
    app.heading("The sheets work")
    app.picture("24-sheets-work")
    app.click("push button", "^Done$")
    app.click("push button", "^Back$")
    app.heading("Your key is ready")
    app.click("push button", "Who holds keys")
    eventually("the others are off the list", lambda: app.count_of("push button", "Taken away") == 2)
    app.picture("25-holders")


def report(open_apps, app):
    """What the budgets of a release are about, of whatever was built: measured, not tested."""
    painted = " ".join(f"{one.painted:.2f}" for one in open_apps)
    memory, processes = app.memory()
    print(f"first paint after {painted} s; {memory} MB in {processes} processes ({os.environ.get('BUILD', 'debug')} build)")


def main():
    origin, code, binary = sys.argv[1:]
    head = Browser(origin)
    open_apps = []

    def open_app(*device):
        open_apps.append(App(binary, *device))
        return open_apps[-1]

    done = 0
    try:
        app = open_app()
        sheets = set_up(app, head, code)
        done += 1
        unlock_by_hand(app, head)
        done += 1
        app.close()
        app = open_app()
        app.heading("Your key is ready")
        unlock_by_accessibility(app, head)
        done += 1
        second = open_app("second")
        grant(app, second, head)
        unlock_by_keyboard(second, app, head)
        second.close()
        done += 1
        head.record_a_concern()
        change_key(app, head)
        app.close()
        app = open_app()
        app.heading("Your key is ready")
        app.click("push button", "Change keys")
        eventually("the rest is found", lambda: app.says("Still under way"))
        eventually("of how many", lambda: app.says("1 of 1 record has still to move"))
        app.picture("16-under-way")
        app.click("push button", "^Back$")
        done += 1
        lose(app, second, head)
        app.close()
        done += 1
        third = open_app("third")
        recover(third, head, sheets)
        done += 1
        renew(third, head, sheets)
        done += 1
        third.click("push button", "^Back$")
        # Before a link gives the third the keyboard: there is no window manager to give it to another.
        fourth = open_app("fourth")
        begin(fourth, head.must("POST", "/v1/enrolments", {})["link"])
        fourth.heading("Your key is made")
        unlock_by_link(third, head)
        done += 1
        grant_by_link(third, fourth)
        fourth.close()
        done += 1
        # Last of what unlocks: after "not me" nobody may ask for a while.
        refuse(third, head)
        done += 1
        report(open_apps, third)
        third.close()
    except Exception:
        for app in open_apps:
            if app.process.poll() is None:
                app.picture(f"failed-{os.path.basename(app.folder)}")
        raise
    finally:
        for app in open_apps:
            app.close()
        print(f"# pass {done}\n# fail {11 - done}")


if __name__ == "__main__":
    main()
