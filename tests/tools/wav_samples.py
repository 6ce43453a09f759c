"""Samples of a 16 or 24 bit WAV file as integers."""
import array, wave


def samples(path):
    with wave.open(path) as w:
        width, channels, data = w.getsampwidth(), w.getnchannels(), w.readframes(w.getnframes())
    if width == 2:
        return array.array("h", data), channels
    wide = bytearray(len(data) // 3 * 4)  # 24 bit, the upper three bytes of 32
    wide[1::4], wide[2::4], wide[3::4] = data[0::3], data[1::3], data[2::3]
    return [x >> 8 for x in array.array("i", bytes(wide))], channels
