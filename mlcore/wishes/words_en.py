"""English words that the rules for wishes know: opposites, faults, verbs. Written for this project."""

BETTER = {
    "small": "bigger", "tiny": "bigger", "big": "smaller", "large": "smaller", "huge": "smaller", "heavy": "lighter",
    "bulky": "more compact", "clunky": "more compact", "expensive": "cheaper", "pricey": "cheaper", "slow": "faster",
    "loud": "quieter", "noisy": "quieter", "hard": "softer", "stiff": "softer", "firm": "softer", "soft": "firmer",
    "thin": "thicker", "flimsy": "sturdier", "fragile": "sturdier", "cheap": "better made", "thick": "thinner",
    "short": "longer", "long": "shorter", "tight": "looser", "loose": "tighter", "wide": "narrower",
    "narrow": "wider", "weak": "stronger", "strong": "milder", "sweet": "less sweet", "salty": "less salty",
    "bitter": "less bitter", "dark": "brighter", "dim": "brighter", "bright": "dimmer", "hot": "cooler",
    "cold": "warmer", "rough": "smoother", "scratchy": "softer", "itchy": "softer", "dull": "sharper",
    "complicated": "simpler", "confusing": "clearer", "uncomfortable": "comfortable", "low": "higher",
    "high": "lower", "tall": "lower", "boxy": "more fitted", "sheer": "less see-through", "greasy": "less greasy",
    "oily": "less oily", "wobbly": "steady", "slippery": "less slippery", "blurry": "sharp", "dirty": "clean",
    "rude": "polite", "ugly": "good-looking", "late": "on time", "sticky": "less sticky", "watery": "thicker",
    "runny": "thicker", "messy": "tidy", "noisier": "quieter", "tinny": "fuller", "unreliable": "reliable",
    "poor": "better", "bad": "better", "terrible": "better", "awful": "better", "horrible": "better",
    "difficult": "easy", "painful": "painless", "unclear": "clear", "unstable": "stable", "shallow": "deeper",
    "hollow": "solid", "fiddly": "simpler", "awkward": "easier to handle", "dry": "moister", "bland": "tastier",
    "faint": "stronger", "overpowering": "milder", "leaky": "leak-proof", "smelly": "free of smell",
    "brittle": "sturdier", "limited": "more generous", "overpriced": "fairly priced", "warm": "cooler",
}  # fmt: skip
"""What a customer who calls it this wants it to be."""

POSITIVE = frozenset(
    """accurate adjustable affordable airtight attractive beautiful breathable bright clean clear comfortable comfy compact
    convenient cool cozy crisp cute deep delicious dependable dry durable easy effective elegant fair fast firm flattering
    flexible fresh friendly gentle handy helpful hot intuitive juicy leak-proof leakproof light lightweight long
    long-lasting modern natural neat nourishing odourless odorless padded plush portable precise pretty quick quiet
    reasonable reliable responsive roomy safe secure sharp silent simple sleek slim smooth snug soft solid spacious
    spotless stable steady stretchy strong sturdy stylish subtle sweet tasty thick thin tight tough versatile vibrant warm
    waterproof wide powerful generous tidy silky loud polite supportive rich""".split()
)
"""What a customer may want a thing to be, as it stands."""

FAULTS = {
    "leak": "leak", "drip": "drip", "spill": "spill", "break": "break", "broke": "break", "broken": "break",
    "crack": "crack", "rust": "rust", "peel": "peel", "fade": "fade", "shrink": "shrink", "shrank": "shrink",
    "shrunk": "shrink", "wobble": "wobble", "slip": "slip", "slide": "slide", "snap": "snap", "tear": "tear",
    "tore": "tear", "rip": "rip", "pill": "pill", "stain": "stain", "crash": "crash", "freeze": "freeze",
    "froze": "freeze", "overheat": "overheat", "squeak": "squeak", "fall off": "fall off", "fell off": "fall off",
    "come off": "come off", "came off": "come off", "come apart": "come apart", "came apart": "come apart",
    "fall apart": "fall apart", "fell apart": "fall apart", "come loose": "come loose", "came loose": "come loose",
    "come undone": "come undone", "jam": "jam", "clog": "clog", "scratch": "scratch easily", "chip": "chip",
    "melt": "melt", "disconnect": "disconnect", "wrinkle": "wrinkle", "sag": "sag", "smell": "smell",
    "stink": "smell", "stick": "stick", "stuck": "get stuck", "get stuck": "get stuck", "got stuck": "get stuck",
    "tangle": "tangle", "ride up": "ride up", "gape": "gape", "dig in": "dig in", "tip over": "tip over",
    "fall over": "fall over", "fall out": "fall out", "warp": "warp", "dent": "dent", "flake": "flake",
    "fray": "fray", "bend": "bend", "bent": "bend", "rattle": "rattle", "burn": "burn", "bleed": "bleed colour",
    "fail": "fail", "stop working": "stop working", "stopped working": "stop working", "shatter": "shatter",
    "cut out": "cut out", "drop out": "drop out", "dropping out": "drop out", "hurt": "hurt", "itch": "itch", "pinch": "pinch",
    "turn off": "turn itself off", "unravel": "unravel", "loosen": "loosen", "mould": "mould", "clump": "clump",
}  # fmt: skip
"""What goes wrong, in any form of the verb that the rules can reduce → how the wish names it."""

VERBS = {
    "keeps": "keep", "holds": "hold", "fits": "fit", "works": "work", "charges": "charge", "cleans": "clean",
    "stays": "stay", "picks": "pick", "heats": "heat", "connects": "connect", "makes": "make", "gives": "give",
    "lasts": "last", "dries": "dry", "washes": "wash", "runs": "run", "folds": "fold", "opens": "open",
    "closes": "close", "absorbs": "absorb", "removes": "remove", "cuts": "cut", "plays": "play", "responds": "respond",
    "arrives": "arrive", "comes": "come", "covers": "cover", "seals": "seal", "stands": "stand", "hangs": "hang",
    "locks": "lock", "protects": "protect", "supports": "support", "pairs": "pair", "stores": "store", "pours": "pour",
    "grips": "grip", "blends": "blend", "brews": "brew", "cooks": "cook", "tastes": "taste", "smells": "smell",
    "feels": "feel", "looks": "look", "sounds": "sound", "leaves": "leave", "moves": "move", "turns": "turn",
    "slides": "slide", "sits": "sit", "glides": "glide", "loads": "load", "answers": "answer", "understands": "understand",
}  # fmt: skip
"""What a product does when it does well: third person → base form."""

PARTICIPLES = {
    "kept": "keep", "held": "hold", "fit": "fit", "worked": "work", "charged": "charge", "cleaned": "clean",
    "stayed": "stay", "lasted": "last", "arrived": "arrive", "washed": "wash", "came": "come",
}  # fmt: skip

VAGUE = frozenset(
    """it this that they these those he she we you i thing things one ones product item everything something there which
    what who only some all both other others quality most any here part way day time lot bit week month year review star
    stars people someone nothing anything first second next other another back rest same reason point fact case kind
    husband wife son daughter mother mom dad friend sister brother kids""".split()
)
"""Subjects that name no part or property of a product."""

MASS = frozenset(
    """packaging suction sound battery-life fabric material service delivery shipping bluetooth paint coating stitching
    software hardware wifi volume audio taste smell foam padding lining storage leather cotton food water coffee air
    connectivity insulation cushioning elastic velcro ink hair skin fur dust music support quality value lighting
    texture setup assembly charging life pressure room space bass weight""".split()
)
"""Nouns that take no 'a'."""
