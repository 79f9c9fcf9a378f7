"""The scoreboard as a picture: every contestant's time as a multiple of Martlet's."""
import math

COLOURS = ["#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22",
           "#17becf", "#aec7e8", "#ffbb78", "#98df8a", "#c5b0d5"]
LEFT, WIDTH, HEIGHT, TOP = 200, 420, 16, 60
# From a quarter of Martlet's time to a hundred times; what is beyond lies on the edge.
LOW, HIGH = 0.25, 100
LIMIT = 'stroke="black" stroke-width="2"'


def place(multiple):
    clamped = min(max(multiple, LOW), HIGH)
    return WIDTH * math.log(clamped / LOW) / math.log(HIGH / LOW)


def svg(boards):
    rows = [row for board in boards.values() for row in board]
    peers = list(dict.fromkeys(r["peer"] for row in rows for r in row.peers))
    colours = dict(zip(peers, COLOURS * 2))
    count = max(map(len, boards.values()))
    width = LEFT + (WIDTH + 30) * len(boards)
    height = TOP + HEIGHT * count + 60 + 16 * ((len(peers) + 8) // 7)
    shapes = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
              'font-family="sans-serif" font-size="11">',
              '<rect width="100%" height="100%" fill="white"/>']
    for panel, (threads, board) in enumerate(boards.items()):
        shapes += drawn(board, threads, LEFT + (WIDTH + 30) * panel, count, colours, panel == 0)
    shapes += legend(colours, TOP + HEIGHT * count + 40)
    return "\n".join(shapes + ["</svg>"]) + "\n"


def words(x, y, content, anchor="start"):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{content}</text>'


def upright(x, top, bottom, stroke):
    return f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}" {stroke}/>'


def drawn(board, threads, left, count, colours, named):
    bottom = TOP + HEIGHT * count
    title = f"{threads} thread{'s' * (threads > 1)}: time as a multiple of Martlet's"
    shapes = [words(left, 20, title)]
    for multiple in 0.5, 1, 2, 5, 10, 20, 50, 100:
        x = left + place(multiple)
        colour = "#c00" if multiple == 1 else "#ddd"
        shapes += [upright(x, TOP - 10, bottom, f'stroke="{colour}"'),
                   words(x, TOP - 16, f"{multiple:g}", "middle")]
    for i, row in enumerate(board):
        y = TOP + HEIGHT * i + 6
        if named:
            shapes.append(words(LEFT - 8, y + 4, row.workload, "end"))
        if "min_s" not in row.martlet:
            continue
        own = row.martlet["min_s"]
        if row.to_limit:
            x = left + place(1 / row.to_limit)
            shapes.append(upright(x, y - 6, y + 6, LIMIT))
        for r in row.peers:
            shapes.append(f'<circle cx="{left + place(r["min_s"] / own):.1f}" cy="{y}" r="3.5" '
                          f'fill="{colours[r["peer"]]}"/>')
    return shapes


def legend(colours, top):
    shapes = [upright(20, top - 9, top + 3, LIMIT), words(30, top, "the limit")]
    for i, (name, colour) in enumerate(colours.items(), 1):
        x, y = 20 + i % 7 * 120, top + i // 7 * 16
        shapes += [f'<circle cx="{x}" cy="{y - 4}" r="4" fill="{colour}"/>', words(x + 10, y, name)]
    return shapes
