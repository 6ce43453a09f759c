// What every bar of a tune is made of (RULEBOOK 6.3).

#include "gen/compose/teller.h"

// Eight bars by form, as letters: M motif, A answer, K contrast, F fragment,
// H half cadence, C cadence (RULEBOOK 6.3).
static const char *const forms[CS_N_FORMS] = {
    [CS_FORM_SENTENCE] = "MAMHFFMC",
    [CS_FORM_PERIOD]   = "MAKHMAKC",
    [CS_FORM_LOOP]     = "MAMHMAKC",
};

// Shorter stretches, by their number of bars.
static const char *const short_forms[CS_TUNE_PHRASE_BARS + 1] = {
    "", "C", "MC", "MAC", "MAMC"};

static CsFigureKind
kind_of_letter(char letter)
{
  switch (letter) {
  case 'M':
    return CS_FIGURE_MOTIF;
  case 'A':
    return CS_FIGURE_ANSWER;
  case 'K':
    return CS_FIGURE_CONTRAST;
  case 'F':
    return CS_FIGURE_FRAGMENT;
  case 'H':
    return CS_FIGURE_HALF;
  case 'C':
    return CS_FIGURE_CADENCE;
  case 'L':
    return CS_FIGURE_LEAD;
  case 'B':
    return CS_FIGURE_BROAD;
  case 'b':
    return CS_FIGURE_BROAD_TAIL;
  default:
    return CS_FIGURE_REST;
  }
}

// Letter of a bar in a stretch that is told in eights, then fours, then less.
static char
told_letter(const char *eight, int bar, int n_bars)
{
  const int whole = n_bars - n_bars % 8;
  if (bar < whole)
    return eight[bar % 8];
  const int rest = n_bars - whole;
  const int in   = bar - whole;
  if (in < rest - rest % CS_TUNE_PHRASE_BARS)
    return short_forms[CS_TUNE_PHRASE_BARS][in];
  return short_forms[rest % CS_TUNE_PHRASE_BARS][in % CS_TUNE_PHRASE_BARS];
}

// B ends its thoughts of eight bars as A does, on two of A's own.
static bool
comes_home(const CsSection *s, int in)
{
  enum { THOUGHT = 8, HOME = 2 };
  return s->kind == CS_SECTION_B && s->n_bars > HOME &&
         (in % THOUGHT >= THOUGHT - HOME || s->n_bars - in <= HOME);
}

/// Of a pick-up, which stands before the first phrase, the letter is a rest.
static char
letter_of_bar(const CsTeller *t, const CsSection *s, int bar)
{
  const int in   = bar - s->first_bar;
  const int left = s->n_bars - 1 - in;
  if (in < 0)
    return '-';
  switch (s->kind) {
  case CS_SECTION_A:
  case CS_SECTION_A2:
  case CS_SECTION_CLIMAX:
    return told_letter(forms[t->motif.form], in, s->n_bars);
  case CS_SECTION_B:
    return told_letter(
        comes_home(s, in) ? forms[t->motif.form] : "MKMHMAMC", in, s->n_bars);
  case CS_SECTION_BREAK:
    return "MA--"[in % 4];
  case CS_SECTION_BUILD: // the motif, then what is left of it (RULEBOOK 3.4)
    return in == 0 ? 'M' : left < 4 ? 'F' : "MFMF"[in % 4];
  case CS_SECTION_OUTRO:
    return left == 0 ? 'C' : "Bb--"[in % 4];
  case CS_SECTION_INTRO:
    return left >= 2 || s->n_bars < 2 ? '-' : left == 1 ? 'M' : 'A';
  case CS_SECTION_END:
  case CS_N_SECTION_KINDS:
    break;
  }
  return '-';
}

bool
cs_leads_to_end(const CsComposer *c, int bar)
{
  return c->end_bar > 0 && bar == c->end_bar - 1;
}

CsSection
cs_told_section(const CsTeller *t, int bar)
{
  CsSection s        = *cs_section_of_bar(t->c->timeline, bar);
  const int n_pickup = cs_first_phrase_bar(t->c->plan, &s) - s.first_bar;
  s.first_bar += n_pickup;
  s.n_bars -= n_pickup;
  return s;
}

// Where the bars of a phrase lie around the centre, in semitones: it goes
// somewhere and comes home (RULEBOOK 6.1: contours, and a peak at a third).
static const int8_t levels[CS_N_CONTOURS][CS_TUNE_PHRASE_BARS] = {
    [CS_CONTOUR_ARCH] = {-1, 2, 3, -2},
    [CS_CONTOUR_DOWN] = {3, 1, -1, -3},
    [CS_CONTOUR_UP]   = {-3, -1, 2, 3},
    [CS_CONTOUR_BOWL] = {2, -2, -3, 1},
};

// A climax comes back as it was, then has its summit.
static bool
is_summit(const CsSection *s, int in)
{
  return s->kind == CS_SECTION_CLIMAX &&
         (3 * (s->n_bars - in) <= s->n_bars || in + 1 == s->n_bars);
}

static int
level_of_bar(const CsTeller *t, const CsSection *s, int in)
{
  enum { B_LIES_HIGHER = 3, SUMMIT = 8, N_STEPS = 4 };
  const int8_t *told = levels[t->motif.contour];
  const int8_t *b    = levels[t->motif.contrast_contour];
  const int place    = in > 0 ? in % CS_TUNE_PHRASE_BARS : 0;
  switch (s->kind) {
  case CS_SECTION_INTRO: // a hint of how the tune begins
    return told[in + 1 == s->n_bars ? 1 : 0];
  case CS_SECTION_B:
    return comes_home(s, in) ? told[place] : B_LIES_HIGHER + b[place];
  case CS_SECTION_BUILD:
    return in == 0 ? told[0]
                   : 2 * (in * N_STEPS /
                             (s->n_bars > N_STEPS ? s->n_bars : N_STEPS));
  case CS_SECTION_CLIMAX:
    return is_summit(s, in) ? SUMMIT : told[place];
  case CS_SECTION_OUTRO:
    return 0;
  case CS_SECTION_A:
  case CS_SECTION_A2:
  case CS_SECTION_BREAK:
  case CS_SECTION_END:
  case CS_N_SECTION_KINDS:
    break;
  }
  return told[place];
}

// The one bar before the last downbeat is all that the tune has: it says what
// the tune is, and the last note answers.
static bool
is_all(const CsComposer *c, const CsSection *told)
{
  return told->n_bars == 1 && c->end_bar == told->first_bar + 1 &&
         told->first_bar == cs_first_phrase_bar(c->plan, &c->plan->sections[0]);
}

CsTuneUnit
cs_tune_unit(const CsTeller *t, int bar)
{
  const CsSection told = cs_told_section(t, bar);
  const CsSection *s   = &told;
  const int in         = bar - s->first_bar;
  CsTuneUnit unit      = {.kind = kind_of_letter(letter_of_bar(t, s, bar))};
  if (is_all(t->c, s))
    unit.kind = CS_FIGURE_MOTIF;
  else if (cs_leads_to_end(t->c, bar) && s->kind != CS_SECTION_OUTRO)
    unit.kind = CS_FIGURE_LEAD;
  unit.is_inverted = s->kind == CS_SECTION_B && !comes_home(s, in) &&
                     unit.kind == CS_FIGURE_MOTIF;
  unit.is_ornamented =
      s->kind == CS_SECTION_A2 &&
      (unit.kind == CS_FIGURE_MOTIF || unit.kind == CS_FIGURE_CONTRAST);
  unit.level      = level_of_bar(t, s, in);
  unit.is_summit  = is_summit(s, in);
  unit.turns_down = s->kind != CS_SECTION_BUILD && s->kind != CS_SECTION_CLIMAX;
  return unit;
}
