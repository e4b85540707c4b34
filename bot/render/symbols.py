"""LaTeX's macros as Unicode characters: the tables behind `latex` and `formula`."""

from __future__ import annotations

LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "varkappa": "ϰ", "lambda": "λ",
    "mu": "μ", "nu": "ν", "xi": "ξ", "omicron": "ο", "pi": "π", "varpi": "ϖ", "rho": "ρ", "varrho": "ϱ",
    "sigma": "σ", "varsigma": "ς", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ",
    "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π",
    "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "ell": "ℓ", "hbar": "ℏ", "hslash": "ℏ",
    "imath": "ı", "jmath": "ȷ", "aleph": "ℵ", "beth": "ℶ", "wp": "℘", "Re": "ℜ", "Im": "ℑ", "partial": "∂",
    "nabla": "∇", "infty": "∞", "emptyset": "∅", "varnothing": "∅", "forall": "∀", "exists": "∃", "nexists": "∄",
    "neg": "¬", "lnot": "¬", "sum": "∑", "prod": "∏", "coprod": "∐", "int": "∫", "iint": "∬", "iiint": "∭",
    "oint": "∮", "bigcup": "⋃", "bigcap": "⋂", "bigoplus": "⨁", "bigotimes": "⨂", "bigvee": "⋁", "bigwedge": "⋀",
    "surd": "√", "angle": "∠", "triangle": "△", "Box": "□", "square": "□", "Diamond": "◇", "diamond": "⋄",
    "bot": "⊥", "top": "⊤", "prime": "′", "AA": "Å", "degree": "°",
}  # fmt: skip
"""Letters and prefix signs: the space behind the macro's name belongs to the name (`\\Delta t` is Δt)."""

SIGNS = {
    "times": "×", "div": "÷", "cdot": "·", "cdotp": "·", "pm": "±", "mp": "∓", "ast": "∗", "star": "⋆", "circ": "∘",
    "bullet": "•", "oplus": "⊕", "ominus": "⊖", "otimes": "⊗", "odot": "⊙", "wedge": "∧", "land": "∧", "vee": "∨",
    "lor": "∨", "cap": "∩", "cup": "∪", "sqcup": "⊔", "sqcap": "⊓", "uplus": "⊎", "setminus": "∖", "smallsetminus": "∖",
    "wr": "≀", "amalg": "⨿", "dagger": "†", "ddagger": "‡", "leq": "≤", "le": "≤", "leqslant": "⩽", "geq": "≥",
    "ge": "≥", "geqslant": "⩾", "neq": "≠", "ne": "≠", "equiv": "≡", "approx": "≈", "approxeq": "≊", "sim": "∼",
    "simeq": "≃", "cong": "≅", "propto": "∝", "varpropto": "∝", "ll": "≪", "gg": "≫", "lll": "⋘", "ggg": "⋙",
    "lesssim": "≲", "gtrsim": "≳", "lessapprox": "⪅", "gtrapprox": "⪆", "prec": "≺", "succ": "≻", "preceq": "⪯",
    "succeq": "⪰", "in": "∈", "notin": "∉", "ni": "∋", "subset": "⊂", "subseteq": "⊆", "subsetneq": "⊊",
    "supset": "⊃", "supseteq": "⊇", "supsetneq": "⊋", "sqsubseteq": "⊑", "sqsupseteq": "⊒", "mid": "∣", "nmid": "∤",
    "parallel": "∥", "perp": "⊥", "vdash": "⊢", "dashv": "⊣", "models": "⊨", "vDash": "⊨", "asymp": "≍", "doteq": "≐",
    "triangleq": "≜", "coloneqq": "≔", "coloneq": "≔", "to": "→", "rightarrow": "→", "longrightarrow": "⟶",
    "leftarrow": "←", "gets": "←", "longleftarrow": "⟵", "leftrightarrow": "↔", "longleftrightarrow": "⟷",
    "Rightarrow": "⇒", "Longrightarrow": "⟹", "implies": "⟹", "Leftarrow": "⇐", "impliedby": "⟸",
    "Leftrightarrow": "⇔", "Longleftrightarrow": "⟺", "iff": "⟺", "mapsto": "↦", "longmapsto": "⟼",
    "hookrightarrow": "↪", "hookleftarrow": "↩", "twoheadrightarrow": "↠", "rightharpoonup": "⇀",
    "rightleftharpoons": "⇌", "uparrow": "↑", "downarrow": "↓", "updownarrow": "↕", "nearrow": "↗", "searrow": "↘",
    "rightsquigarrow": "⇝", "leadsto": "⇝", "xrightarrow": "→", "langle": "⟨", "rangle": "⟩", "lfloor": "⌊",
    "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "lvert": "|", "rvert": "|", "vert": "|", "lVert": "‖", "rVert": "‖",
    "Vert": "‖", "|": "‖", "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]", "llbracket": "⟦",
    "rrbracket": "⟧", "ldots": "…", "dots": "…", "dotsc": "…", "dotsb": "⋯", "cdots": "⋯", "vdots": "⋮",
    "ddots": "⋱", "colon": ":", "slash": "/", "backslash": "\\", "S": "§", "P": "¶", "copyright": "©",
    "pounds": "£", "checkmark": "✓", "textendash": "–", "textemdash": "—", "textasciitilde": "~",
    "textbackslash": "\\", "textdegree": "°", "textregistered": "®", "texttrademark": "™", "ss": "ß", "o": "ø",
    "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "i": "ı",
}  # fmt: skip
"""Operators, relations, arrows, brackets: the spaces around them stay as they were written."""

SYMBOLS = LETTERS | SIGNS

ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303", "bar": "\u0304",
    "overline": "\u0305", "underline": "\u0332", "vec": "\u20d7", "overrightarrow": "\u20d7", "dot": "\u0307",
    "ddot": "\u0308", "check": "\u030c", "breve": "\u0306", "acute": "\u0301", "grave": "\u0300", "mathring": "\u030a",
}  # fmt: skip
"""Combining characters that follow the letter they stand on."""

SUPERSCRIPTS = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδεθφχ′∘*∗†⊤ ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᵋᶿᵠᵡ′°**†ᵀ ",
        strict=True,
    )
)
SUBSCRIPTS = dict(
    zip("0123456789+-−=()aehijklmnoprstuvxβγρφχ ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ ", strict=True)
)


def _alphabet(upper: int, lower: int, digit: int | None = None, holes: str = "", filled: str = "") -> dict[str, str]:
    """The letters of a mathematical alphabet; `holes` stand elsewhere in Unicode, at `filled`."""
    table = {chr(ord("A") + i): chr(upper + i) for i in range(26)} | {
        chr(ord("a") + i): chr(lower + i) for i in range(26)
    }
    if digit is not None:
        table |= {chr(ord("0") + i): chr(digit + i) for i in range(10)}
    return table | dict(zip(holes, filled, strict=True))


_DOUBLE_STRUCK = _alphabet(0x1D538, 0x1D552, 0x1D7D8, "CHNPQRZ", "ℂℍℕℙℚℝℤ")
_SCRIPT = _alphabet(0x1D49C, 0x1D4B6, None, "BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ")
_FRAKTUR = _alphabet(0x1D504, 0x1D51E, None, "CHIRZ", "ℭℌℑℜℨ")

ALPHABETS = {
    "mathbb": _DOUBLE_STRUCK,
    "mathbbm": _DOUBLE_STRUCK,
    "mathds": _DOUBLE_STRUCK,
    "mathcal": _SCRIPT,
    "mathscr": _SCRIPT,
    "cal": _SCRIPT,
    "mathfrak": _FRAKTUR,
    "frak": _FRAKTUR,
}
