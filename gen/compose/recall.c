// Bars that are said again: a tune is one idea, repeated (RULEBOOK 0, 6.1).

#include "gen/base/mathx.h"
#include "gen/compose/teller.h"

#include <stdlib.h>

static bool
same_unit(CsTuneUnit a, CsTuneUnit b)
{
  return a.kind == b.kind && a.is_inverted == b.is_inverted &&
         a.level == b.level &&
         (a.kind != CS_FIGURE_FRAGMENT || a.turns_down == b.turns_down);
}

static uint16_t
above_tonic(const CsChordSpan *span)
{
  const unsigned pcs = cs_chord_pcs(span);
  const int tonic    = span->key.tonic_pc;
  return (uint16_t)((pcs >> tonic | pcs << (12 - tonic)) & 0xfffu);
}

static void
chords_of_bar(const CsComposer *c, int bar, uint16_t chords[2])
{
  const int64_t start = cs_bar_tick(c->timeline, bar);
  const int64_t half  = cs_bar_ticks(c->timeline, bar) / 2;
  chords[0]           = above_tonic(cs_chord_at(c, start));
  chords[1]           = above_tonic(cs_chord_at(c, start + half));
}

static CsKey
key_of_bar(const CsComposer *c, int bar)
{
  return cs_chord_at(c, cs_bar_tick(c->timeline, bar))->key;
}

// Semitones from where a bar was said to where it is said again: to the nearer
// of the two tonics that lie around.
static int
shift_from(const CsTuneModel *m, CsKey now)
{
  return cs_mod(now.tonic_pc - m->key.tonic_pc + 5, 12) - 5;
}

static CsTuneModel *
find_model(CsTeller *t, CsTuneUnit unit, int bar, int n)
{
  uint16_t chords[2];
  chords_of_bar(t->c, bar, chords);
  for (size_t i = 0; i < t->n_models; i++) {
    CsTuneModel *m = &t->models[i];
    if (m->key.mode == key_of_bar(t->c, bar).mode && same_unit(m->unit, unit) &&
        m->chords[0] == chords[0] && m->chords[1] == chords[1] && m->n >= n)
      return m;
  }
  return NULL;
}

static CsTuneModel *
add_model(CsTeller *t, CsTuneUnit unit, int bar)
{
  if (t->n_models == CS_TUNE_MODELS)
    return NULL;
  CsTuneModel *m = &t->models[t->n_models++];
  m->unit        = unit;
  m->n           = 0;
  m->key         = key_of_bar(t->c, bar);
  chords_of_bar(t->c, bar, m->chords);
  return m;
}

// A bar's own notes, ornaments left out. Gives how many there are.
static int
own_notes(const CsTunePhrase *p, int bar, size_t own[CS_FIGURE_NOTES])
{
  int n = 0;
  for (int i = 0; i < p->bar_n[bar]; i++) {
    const size_t k = (size_t)(p->bar_first[bar] + i);
    if (!p->is_ornament[k] && n < CS_FIGURE_NOTES)
      own[n++] = k;
  }
  return n;
}

static bool
is_step(int from, int to)
{
  return from != to && abs(to - from) <= 2;
}

// May a note of an earlier bar be sung again where the harmony is another? On
// strong places it must be of the chord, elsewhere of the scale and not left
// hanging.
static bool
note_fits(
    const CsTeller *t, const CsLineNote *note, const CsTuneModel *m, int i)
{
  const CsChordSpan *span = cs_chord_at(t->c, note->tick);
  const int key           = m->keys[i] + shift_from(m, span->key);
  const unsigned bit      = 1u << cs_mod(key, 12);
  const uint16_t now      = cs_chord_pcs(span);
  const uint16_t late =
      cs_chord_pcs(cs_chord_at(t->c, note->tick + note->n_ticks - 1));
  const bool is_long = note->n_ticks >= CS_TICKS_PER_QUARTER;
  if (note->wanted != 0 && (note->wanted & bit) == 0)
    return false;
  if ((now & bit) != 0)
    return !is_long || (late & bit) != 0;
  return !note->on_downbeat && !is_long &&
         (cs_scale_at(t->c, note->tick) & bit) != 0 &&
         ((i > 0 && is_step(m->keys[i - 1], m->keys[i])) ||
             (i + 1 < m->n && is_step(m->keys[i], m->keys[i + 1])));
}

static bool
model_fits(const CsTeller *t, const CsTunePhrase *p, const size_t *own,
    const CsTuneModel *m)
{
  for (int i = 0; i < m->n; i++)
    if (!note_fits(t, &p->line.notes[own[i]], m, i))
      return false;
  return true;
}

// The latest bar of the same kind that can be said again as it was.
static const CsTuneModel *
find_fitting(const CsTeller *t, const CsTunePhrase *p, CsTuneUnit unit,
    const size_t *own, int n)
{
  for (size_t k = t->n_models; k-- > 0;) {
    const CsTuneModel *m = &t->models[k];
    if (m->n == n && same_unit(m->unit, unit) && model_fits(t, p, own, m))
      return m;
  }
  return NULL;
}

void
cs_recall_models(CsTeller *t, CsTunePhrase *p)
{
  size_t own[CS_FIGURE_NOTES];
  for (int b = 0; b < p->n_bars; b++) {
    const int n = own_notes(p, b, own);
    if (n != t->motif.figures[p->units[b].kind].n)
      continue; // Cut: it goes its own way.
    const CsTuneModel *m = find_model(t, p->units[b], p->first_bar + b, n);
    if (m == NULL)
      m = find_fitting(t, p, p->units[b], own, n);
    for (int i = 0; m != NULL && i < n; i++)
      p->line.notes[own[i]].model =
          m->keys[i] + shift_from(m, key_of_bar(t->c, p->first_bar + b));
  }
}

void
cs_keep_models(CsTeller *t, const CsTunePhrase *p)
{
  size_t own[CS_FIGURE_NOTES];
  for (int b = 0; b < p->n_bars; b++) {
    const int n = own_notes(p, b, own);
    if (n == 0 || n != t->motif.figures[p->units[b].kind].n ||
        find_model(t, p->units[b], p->first_bar + b, n) != NULL)
      continue;
    CsTuneModel *m = add_model(t, p->units[b], p->first_bar + b);
    for (int i = 0; m != NULL && i < n; i++)
      m->keys[i] = p->line.notes[own[i]].key;
    if (m != NULL)
      m->n = n;
  }
}
