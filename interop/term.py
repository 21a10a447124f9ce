"""A terminal for tests: a program in a pty, its screen kept by pyte while a thread reads.

It answers what a program asks of a terminal at its start. The program runs under an interactive shell, so that Ctrl-Z
stops it as it would at home: a program alone on its pty cannot be stopped.
"""
import fcntl
import os
import pty
import re
import select
import shlex
import signal
import struct
import subprocess
import termios
import threading
import time

import pyte

# What pyte would print or take for something else: strings for the terminal, private modes and key protocols.
IGNORED = re.compile(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[P_^X][^\x1b]*\x1b\\|\x1b\[[<>=?][0-9;:]*(?:\$p|[a-gi-km-zA-Z])|\x1b\[[0-9;]*[ $'\"*][a-zA-Z]|\x1b\[[0-9;]*t")
# What it does not know: repeat a character, scroll up and down, tab back and forth, go to a column.
UNKNOWN = re.compile(r"\x1b\[(\d*)([bSTZI`])")
PARTIAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*\x1b?|[P_^X][^\x1b]*\x1b?)?$")
ANSWERS = [("\x1b]11;?", "\x1b]11;rgb:0000/0000/0000\x1b\\"), ("\x1b]10;?", "\x1b]10;rgb:ffff/ffff/ffff\x1b\\"),
           ("\x1b[c", "\x1b[?62;22c"), ("\x1b[>0q", "\x1bP>|test\x1b\\"), ("\x1b[6n", "\x1b[1;1R")]


class Terminal:
    def __init__(self, argv, cols=120, rows=40, cwd=None, env=None):
        self.screen = pyte.Screen(cols, rows)
        self.stream = pyte.Stream(self.screen)
        self.pending, self.written, self.before = "", 0, " "
        self.lock, self.ended = threading.Lock(), False
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", PS1="shell> ", **(env or {}))
            os.environ.pop("TMUX", None)
            os.chdir(cwd or ".")
            os.execvp("bash", ["bash", "--norc", "--noprofile", "--noediting", "-i"])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.expect("shell>", 10)
        self.type(shlex.join(argv) + "\r")

    def _read(self):
        while not self.ended:
            try:
                if not select.select([self.fd], [], [], 0.2)[0]:
                    continue
                data = os.read(self.fd, 1 << 16)
            except OSError:
                break
            if not data:
                break
            with self.lock:
                self._feed(data.decode("utf-8", "replace"))
                self.written += len(data)
        self.ended = True

    def _feed(self, new):
        text = self.pending + new
        for question, answer in ANSWERS:
            for _ in range(text.count(question)):
                self.type(answer)
        tail = PARTIAL.search(text)
        self.pending = tail.group() if tail else ""
        text = IGNORED.sub("", text[:len(text) - len(self.pending)])
        at = 0
        for m in UNKNOWN.finditer(text):
            self._plain(text[at:m.start()])
            at = m.end()
            self._special(m.group(2), int(m.group(1) or 1))
        self._plain(text[at:])

    def _plain(self, text):
        if text:
            self.before = text[-1]
            self.stream.feed(text)

    def _special(self, kind, n):
        s = self.screen
        if kind == "b":
            self.stream.feed(self.before * n)
        elif kind in "ST":
            top = s.margins.top if s.margins else 0
            x, y = s.cursor.x, s.cursor.y
            s.cursor.y = top
            (s.delete_lines if kind == "S" else s.insert_lines)(n)
            s.cursor.x, s.cursor.y = x, y
        elif kind == "`":
            s.cursor_to_column(n)
        elif kind == "I":
            for _ in range(n):
                s.tab()
        else:
            for _ in range(n):
                s.cursor.x = max((t for t in s.tabstops if t < s.cursor.x), default=0)

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def text(self):
        with self.lock:
            return "\n".join(line.rstrip() for line in self.screen.display)

    def expect(self, wanted, timeout):
        """Waits for a text, a pattern or a condition on the screen's text; returns the seconds it took."""
        holds = wanted if callable(wanted) else (wanted.search if isinstance(wanted, re.Pattern) else lambda text: wanted in text)
        start = time.monotonic()
        while not holds(self.text()):
            if time.monotonic() - start > timeout:
                raise AssertionError(f"no {wanted!r} on the screen within {timeout} s:\n{self.text()}")
            time.sleep(0.005)
        return time.monotonic() - start

    def child(self):
        """The process id of the program."""
        done = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.pid)], capture_output=True, text=True)
        return int(done.stdout.split()[0])

    def stopped(self):
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(self.child())], capture_output=True, text=True).stdout
        return state.startswith("T")

    def close(self):
        self.ended = True
        try:
            os.kill(self.child(), signal.SIGKILL)
        except (IndexError, ProcessLookupError):
            pass
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.reader.join(2)
        os.close(self.fd)
