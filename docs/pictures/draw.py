#!/usr/bin/env python3
"""Draws the pictures of docs/ as SVG, from nothing but this file: docs/pictures/draw.py"""

import math
import pathlib

HERE = pathlib.Path(__file__).parent
INK, SOFT, FILL, ACCENT, GOOD = "#1f2933", "#7b8794", "#f0f4f8", "#d64545", "#2f8132"


class Picture:
    def __init__(self, width, height):
        self.size = width, height
        self.parts = []

    def text(self, x, y, words, size=14, color=INK, anchor="middle", weight="normal"):
        self.parts.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{color}" text-anchor="{anchor}" '
            f'font-weight="{weight}">{words}</text>'
        )

    def box(self, x, y, width, height, lines, fill=FILL, stroke=INK):
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width}" height="{height}" rx="8" fill="{fill}" '
            f'stroke="{stroke}" stroke-width="1.5"/>'
        )
        top = y + height / 2 - 9 * (len(lines) - 1) + 5
        for i, line in enumerate(lines):
            self.text(x + width / 2, top + 18 * i, line, 14 if i == 0 else 12,
                      INK if i == 0 else SOFT, weight="bold" if i == 0 else "normal")

    def arrow(self, x1, y1, x2, y2, color=INK, width=1.5, dashed=False):
        angle = math.atan2(y2 - y1, x2 - x1)
        left, right = angle + 2.7, angle - 2.7
        head = [(x2, y2)] + [(x2 + 9 * math.cos(a), y2 + 9 * math.sin(a)) for a in (left, right)]
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self.parts.append(
            f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{color}" '
            f'stroke-width="{width}"{dash}/><polygon fill="{color}" points="'
            + " ".join(f"{x:.1f},{y:.1f}" for x, y in head) + '"/>'
        )

    def line(self, points, color=INK, width=2, dashed=False):
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(
            f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="{width}"{dash}/>'
        )

    def circle(self, x, y, radius, fill=FILL, stroke=INK):
        self.parts.append(
            f'<circle cx="{x:g}" cy="{y:g}" r="{radius}" fill="{fill}" stroke="{stroke}" '
            'stroke-width="1.5"/>'
        )

    def save(self, name):
        width, height = self.size
        body = "\n".join(self.parts)
        (HERE / name).write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'font-family="sans-serif">\n<rect width="{width}" height="{height}" fill="white"/>\n'
            f"{body}\n</svg>\n"
        )


def loop():
    p = Picture(760, 250)
    p.box(20, 40, 150, 60, ["environment", "rules, immutable"])
    p.box(215, 40, 150, 60, ["search", "a tree an episode"])
    p.box(410, 40, 150, 60, ["judge", "rules or sandbox"])
    p.box(590, 40, 150, 60, ["store", "verified, append-only"])
    p.box(410, 160, 330, 60, ["learner", "replay window, training, a new checkpoint"])
    p.box(215, 160, 150, 60, ["network", "policy and value"])
    for x in (170, 365, 560):
        p.arrow(x, 70, x + (45 if x < 560 else 30), 70)
    p.arrow(665, 100, 665, 160)
    p.arrow(410, 190, 365, 190)
    p.arrow(290, 160, 290, 100, ACCENT, 2.5)
    p.text(300, 135, "makes the next search better", 12, ACCENT, "start")
    p.save("loop.svg")


def simulation():
    """One simulation of the tree in four steps."""
    p = Picture(860, 300)
    steps = ["1 select", "2 expand", "3 evaluate", "4 back up"]
    for i, title in enumerate(steps):
        x = 110 + 215 * i
        p.text(x, 28, title, 16, weight="bold")
        nodes = {"r": (x, 60), "a": (x - 55, 125), "b": (x + 55, 125), "c": (x + 25, 190),
                 "d": (x + 85, 190)}
        chosen = [("r", "b"), ("b", "c")]
        for parent, child in [("r", "a"), ("r", "b"), ("b", "c"), ("b", "d")]:
            (x1, y1), (x2, y2) = nodes[parent], nodes[child]
            bold = (parent, child) in chosen
            if i == 3 and bold:
                p.arrow(x2, y2 - 13, x1 + (x2 - x1) * 0.25, y1 + (y2 - y1) * 0.25, GOOD, 3)
            else:
                p.line([(x1, y1), (x2, y2)], ACCENT if bold and i == 0 else SOFT,
                       3 if bold and i == 0 else 1.5)
        for name, (cx, cy) in nodes.items():
            p.circle(cx, cy, 13, "#fde8e8" if name in "rbc" and i == 0 else FILL)
        if i >= 1:
            p.line([(x + 25, 203), (x + 25, 232)], SOFT, 1.5, dashed=i == 1)
            p.circle(x + 25, 245, 13, "#fff3c4")
        if i == 2:
            p.text(x + 46, 243, "P, v", 15, ACCENT, "start", "bold")
            p.text(x + 46, 261, "from the network", 11, SOFT, "start")
        if i == 3:
            p.text(x + 46, 250, "+v, N+1", 13, GOOD, "start")
    p.text(110, 285, "highest Q + U", 12, SOFT)
    p.text(325, 285, "a state never met", 12, SOFT)
    p.text(540, 285, "or its exact value when over", 12, SOFT)
    p.text(755, 285, "first player's view, all the way", 12, SOFT)
    p.save("simulation.svg")


def worker():
    p = Picture(760, 270)
    p.text(110, 24, "episodes of one worker", 14, weight="bold")
    for i in range(6):
        y = 40 + 34 * i
        p.box(20, y, 180, 26, [f"episode {i + 1}: its tree"] if i < 5 else ["… 32 of them"])
        p.arrow(200, y + 13, 320, 138, SOFT)
    p.box(320, 108, 130, 60, ["one batch", "of leaves"], "#fff3c4")
    p.arrow(450, 138, 500, 138)
    p.box(500, 98, 110, 80, ["cache", "by fingerprint"])
    p.arrow(610, 138, 645, 138)
    p.box(645, 98, 100, 80, ["network", "on this core"])
    p.line([(695, 178), (695, 250), (110, 250), (110, 240)], GOOD, 2)
    p.text(420, 243, "policy and value of each, back to its tree", 12, GOOD)
    p.save("worker.svg")


def window():
    """Rows made against rows in the window: KataGo's power law with this program's defaults."""
    p = Picture(760, 300)
    left, bottom, width, height = 70, 250, 640, 210
    minimum, exponent, scale = 5000, 0.65, 0.4

    def kept(made):
        grown = minimum * (1 + scale * ((made / minimum) ** exponent - 1) / exponent)
        return made if made < minimum else min(made, grown)

    most = 200_000
    for made, y_of, color, dashed in [(1, lambda n: n, SOFT, True), (2, kept, ACCENT, False)]:
        points = [(left + width * n / most, bottom - height * min(1, y_of(n) / 60_000))
                  for n in range(0, most + 1, 1000) if y_of(n) <= 60_000]
        p.line(points, color, 2.5 if not dashed else 1.5, dashed)
    p.arrow(left, bottom, left + width + 15, bottom)
    p.arrow(left, bottom, left, bottom - height - 15)
    for n in (50_000, 100_000, 150_000, 200_000):
        p.text(left + width * n / most, bottom + 20, f"{n // 1000}k", 12, SOFT)
    for n in (20_000, 40_000, 60_000):
        p.text(left - 8, bottom - height * n / 60_000 + 4, f"{n // 1000}k", 12, SOFT, "end")
    p.text(left + width / 2, bottom + 42, "rows made so far", 13)
    p.text(left + 12, bottom - height - 8, "rows in the window", 13, anchor="start")
    p.text(left + 200, bottom - 185, "all of them", 12, SOFT, "start")
    p.text(left + width - 150, bottom - height * kept(150_000) / 60_000 - 30,
           "what training draws from", 12, ACCENT, "start")
    p.save("window.svg")


if __name__ == "__main__":
    loop()
    simulation()
    worker()
    window()
