"""A small reader of Standard MIDI Files: notes with seconds, per track."""


def variable(data, at):
    value = 0
    while True:
        byte = data[at]
        at += 1
        value = value << 7 | byte & 127
        if byte < 128:
            return value, at


def tracks(path):
    """[(name, [(tick, bytes)])], ticks per quarter"""
    data = open(path, "rb").read()
    assert data[:4] == b"MThd"
    division, at, out = int.from_bytes(data[12:14], "big"), 14, []
    while at < len(data):
        assert data[at:at + 4] == b"MTrk"
        end = at + 8 + int.from_bytes(data[at + 4:at + 8], "big")
        at += 8
        tick, status, name, events = 0, 0, "", []
        while at < end:
            step, at = variable(data, at)
            tick += step
            if data[at] >= 0x80:
                status = data[at]
                at += 1
            if status == 0xFF:
                kind = data[at]
                n, at = variable(data, at + 1)
                if kind == 3:
                    name = data[at:at + n].decode("utf-8", "replace")
                events.append((tick, bytes([0xFF, kind]) + data[at:at + n]))
                at += n
            elif status in (0xF0, 0xF7):
                n, at = variable(data, at)
                at += n
            else:
                n = 1 if status & 0xF0 in (0xC0, 0xD0) else 2
                events.append((tick, bytes([status]) + data[at:at + n]))
                at += n
        out.append((name, events))
        at = end
    return out, division


def notes(path):
    """[(track name, channel, key, velocity, start s, end s)]"""
    parts, division = tracks(path)
    tempos = sorted((t, int.from_bytes(e[2:5], "big")) for _, ev in parts for t, e in ev if e[:2] == b"\xff\x51")

    def seconds(tick):
        s, last, us = 0.0, 0, 500000
        for t, value in tempos:
            if t >= tick:
                break
            s += (t - last) * us / division / 1e6
            last, us = t, value
        return s + (tick - last) * us / division / 1e6

    out = []
    for name, events in parts:
        open_notes = {}
        for tick, e in events:
            kind, channel = e[0] & 0xF0, e[0] & 15
            if kind == 0x90 and e[2] > 0:
                open_notes[channel, e[1]] = (tick, e[2])
            elif kind == 0x80 or kind == 0x90:
                start, velocity = open_notes.pop((channel, e[1]))
                out.append((name, channel, e[1], velocity, seconds(start), seconds(tick)))
        assert not open_notes, f"{name}: notes without an end"
    return out
