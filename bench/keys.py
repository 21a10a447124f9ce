"""Times keys of a terminal program by its bytes, without an emulator, which costs more than what is timed: 35 ms for a frame of 200x50."""
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

# What a terminal answers at the start: attributes, and that its background is black.
REPLIES = ((b"\x1b[c", b"\x1b[?62;22c"), (b"\x1b]11;?", b"\x1b]11;rgb:0000/0000/0000\x1b\\"))


def until(command, script, size=(50, 200), limit=5.0):
    """Runs a command and presses keys: (key, text) waits for text in what is written after the key, (key, None) for its first byte. Returns
    the milliseconds from each key to the end of that read. Between keys the program has been still for 0.3 s."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        os.environ.pop("TMUX", None)
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    took = []
    try:
        still(terminal, 1.0)
        for key, text in script:
            begin, written = time.perf_counter(), b""
            os.write(terminal, key.encode())
            while time.perf_counter() - begin < limit:
                got = read(terminal, 0.05)
                written += got
                if got and (text is None or text.encode() in written):
                    took.append((time.perf_counter() - begin) * 1e3)
                    break
            else:
                raise RuntimeError(f"{text!r} did not come after {key!r}")
            still(terminal, 0.3)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)
    return took


def read(terminal, seconds):
    if not select.select([terminal], [], [], seconds)[0]:
        return b""
    got = os.read(terminal, 1 << 16)
    for asked, answer in REPLIES:
        if asked in got:
            os.write(terminal, answer)
    return got


def still(terminal, seconds):
    """Reads until nothing came for a while."""
    while read(terminal, seconds):
        pass
