// The chords of every section.

#include "gen/plan/harmony.h"

#include <string.h>

// ---- Sections --------------------------------------------------------------

static const CsProgression *
progression_of(const CsDraft *d, CsSectionKind kind)
{
  switch (kind) {
  case CS_SECTION_B:
    return d->progressions[1];
  case CS_SECTION_BUILD:
    return d->progressions[2];
  case CS_SECTION_INTRO:
  case CS_SECTION_A:
  case CS_SECTION_A2:
  case CS_SECTION_BREAK:
  case CS_SECTION_CLIMAX:
  case CS_SECTION_OUTRO:
  case CS_SECTION_END:
  case CS_N_SECTION_KINDS:
    break;
  }
  return d->progressions[0];
}

/// Thin sections change chords half as often.
static int
rhythm_of(const CsDraft *d, CsSectionKind kind)
{
  const int bars     = cs_bars_per_chord(d);
  const bool is_thin = kind == CS_SECTION_INTRO || kind == CS_SECTION_BREAK ||
                       kind == CS_SECTION_OUTRO;
  return is_thin && bars < 4 ? 2 * bars : bars;
}

/// Under dialogue no dominant may pull: a plagal chord stands in its place.
static void
soften(const CsDraft *d, const char **bars, int n_bars)
{
  if (d->plan->function != CS_UNDERSCORE)
    return;
  for (int i = 0; i < n_bars; i++)
    if (cs_is_full_dominant(bars[i]))
      bars[i] = cs_quiet_chord(d);
}

/// The loop that A goes round.
static void
lay_out_a(const CsDraft *d, CsLoop *a)
{
  cs_lay_out_loop(d->progressions[0], rhythm_of(d, CS_SECTION_A), a);
}

/// Does a kit play through the middle of a cue of this style?
static bool
has_groove(const CsDraft *d)
{
  static const double middle = 0.5;
  for (size_t i = 0; i < d->style->n_tracks; i++)
    if (d->style->tracks[i].role == CS_ROLE_DRUMS &&
        d->style->tracks[i].enter < middle)
      return true;
  return false;
}

/// A bed's groove is the same in B and makes up most of its notes, so chords
/// may differ the more; without one they are what A and B share. A theme's
/// figures and its tune change too.
static const CsKinship *
wanted_kinship(const CsDraft *d)
{
  static const CsKinship groove = {.least = 0.36, .most = 0.60};
  static const CsKinship bed    = {.least = 0.52, .most = 0.70};
  static const CsKinship theme  = {.least = 0.60, .most = 0.70};
  if (d->plan->function == CS_THEMATIC)
    return &theme;
  return has_groove(d) ? &groove : &bed;
}

/// Another thought than A, whose chords the first progression has.
static void
contrast(const CsDraft *d, const CsLoop *loop, int n_bars, const char **bars)
{
  CsLoop a;
  lay_out_a(d, &a);
  cs_contrast_bars(&a, loop, wanted_kinship(d), n_bars, bars);
}

/// A chord with another bass, where there is such a one.
static CsStatus
over(CsArena *arena, const char *symbol, const char *bass, const char **out)
{
  CsChord chord;
  const char *made = cs_arena_printf(arena, "%s%s", symbol, bass);
  CS_TRY_NEW(made);
  if (cs_chord_parse(made, &chord))
    *out = made;
  return CS_OK;
}

/// Put what a rich loop has where bars come from the plain one, wherever in it
/// they stood; one that was turned over keeps its bass.
static CsStatus
enrich(CsArena *arena, const CsLoop *plain, const CsLoop *rich,
    const char **bars, int n_bars)
{
  for (int i = 0; i < n_bars; i++) {
    const char *own   = plain->bars[i % plain->n];
    const size_t size = strlen(own);
    int k             = 0;
    while (k < plain->n && bars[i] != plain->bars[k])
      k++;
    if (k < plain->n)
      bars[i] = rich->bars[k];
    else if (strncmp(bars[i], own, size) == 0 && bars[i][size] == '/')
      CS_TRY(over(arena, rich->bars[i % plain->n], bars[i] + size, &bars[i]));
  }
  return CS_OK;
}

/// A plain chord after its richer self is no change.
static void
join(const char **bars, int n_bars)
{
  for (int i = 1; i < n_bars; i++) {
    const size_t size = strlen(bars[i]);
    int before        = i - 1;
    while (before > 0 && cs_is_hold(bars[before]))
      before--;
    if (!cs_is_hold(bars[i]) && strcmp(bars[before], bars[i]) != 0 &&
        strchr(bars[before], '/') == NULL &&
        cs_same_root(bars[before], bars[i]) &&
        strncmp(bars[before], bars[i], size) == 0)
      bars[i] = "%";
  }
}

/// Flavour the bars that go round as they were written; what leads to other
/// places stays plain, and the last chord, on which a section rests, is not
/// made tense.
static CsStatus
flavour(const CsDraft *d, CsSectionKind kind, const CsLoop *loop,
    const char **bars, int n_bars)
{
  CsLoop a, rich = *loop;
  int last = n_bars - 1;
  while (last > 0 && cs_is_hold(bars[last]))
    last--;
  CS_TRY(cs_flavour_loop(d, kind, rich.bars, rich.n));
  const char *rest = bars[last];
  CS_TRY(enrich(d->arena, loop, &rich, bars, n_bars));
  if (cs_is_tense(d, bars[last]))
    bars[last] = rest;
  if (kind == CS_SECTION_B) { // which may end its thoughts as A does
    lay_out_a(d, &a);
    rich = a;
    CS_TRY(cs_flavour_loop(d, kind, rich.bars, rich.n));
    CS_TRY(enrich(d->arena, &a, &rich, bars, last));
  }
  return CS_OK;
}

static CsStatus
write_section(CsDraft *d, CsSection *s, int n_pickup, int nth)
{
  const CsProgression *p = progression_of(d, s->kind);
  const int n            = s->n_bars - n_pickup;
  const char **all       = CS_NEW_N(d->arena, const char *, (size_t)s->n_bars);
  CS_TRY_NEW(all);
  s->chords         = (CsStrings){all, (size_t)s->n_bars};
  const char **bars = all + n_pickup;
  CsLoop loop;
  cs_lay_out_loop(p, rhythm_of(d, s->kind), &loop);
  for (int i = 0; i < n; i++)
    bars[i] = loop.bars[i % loop.n];
  if (s->kind == CS_SECTION_B)
    contrast(d, &loop, n, bars);
  if (n > 0 && cs_is_hold(bars[0]))
    bars[0] = cs_tonic_chord(d);
  for (int i = 0; i < n_pickup; i++)
    all[i] = n > 0 ? bars[0] : loop.bars[0];
  if (s->kind == CS_SECTION_A2 || s->kind == CS_SECTION_B ||
      s->kind == CS_SECTION_CLIMAX)
    CS_TRY(cs_vary_loop(d, bars, n, loop.n, nth));
  if (s->kind == CS_SECTION_BUILD && n >= 2)
    CS_TRY(cs_lead_into_climax(d, bars, n));
  else
    cs_close_section(d, bars, n);
  soften(d, bars, n);
  return flavour(d, s->kind, &loop, bars, n);
}

/// A gesture has few chords: one that leads, then the tonic of the end.
static CsStatus
write_gesture(CsDraft *d, CsSection *s, bool is_last)
{
  const char **bars = CS_NEW_N(d->arena, const char *, (size_t)s->n_bars);
  CS_TRY_NEW(bars);
  s->chords         = (CsStrings){bars, (size_t)s->n_bars};
  const CsCadence c = cs_cadence_of(d);
  const char *lead  = c.n_before > 0 ? c.before[c.n_before - 1] : c.last;
  for (int i = 0; i < s->n_bars; i++)
    bars[i] = i == 0 ? cs_tonic_chord(d) : "%";
  if (is_last && d->has_end)
    bars[s->n_bars - 1] = lead;
  return CS_OK;
}

static CsStatus
write_end(CsDraft *d, CsSection *s)
{
  const char **bars = CS_NEW_N(d->arena, const char *, 1);
  CS_TRY_NEW(bars);
  bars[0]   = cs_cadence_of(d).last;
  s->chords = (CsStrings){bars, 1};
  return CS_OK;
}

/// What follows is written in that key; another mode has progressions of its
/// own.
static CsStatus
enter_key(CsDraft *d, CsKey key)
{
  const bool is_other_mode = key.mode != d->key.mode;
  d->key                   = key;
  return is_other_mode ? cs_choose_progressions(d) : CS_OK;
}

static CsStatus
write_body(CsDraft *d, size_t n, bool is_gesture)
{
  CsPlan *plan                   = d->plan;
  int counts[CS_N_SECTION_KINDS] = {0};
  int bar                        = 0;
  for (size_t i = 0; i < n; i++) {
    CsSection *s = &plan->sections[i];
    CS_TRY(enter_key(d, cs_key_at_bar(plan, bar)));
    bar += s->n_bars;
    if (is_gesture)
      CS_TRY(write_gesture(d, s, i + 1 == n));
    else
      CS_TRY(write_section(d, s, i == 0 ? d->n_pickup : 0,
          counts[s->kind]++ + (s->kind == CS_SECTION_A2)));
  }
  return CS_OK;
}

CsStatus
cs_write_chords_of_plan(CsDraft *d)
{
  CsPlan *plan    = d->plan;
  const size_t n  = plan->n_sections - (d->has_end ? 1 : 0);
  CsSection *last = n > 0 ? &plan->sections[n - 1] : NULL;
  const bool is_gesture =
      plan->duration_s < 4.0 || plan->function == CS_STINGER;
  d->key = plan->key;
  CS_TRY(cs_choose_progressions(d));
  CS_TRY(write_body(d, n, is_gesture));
  if (d->has_end)
    CS_TRY(write_end(d, &plan->sections[n]));
  if (is_gesture || last == NULL)
    return CS_OK;
  const int n_pickup = last == plan->sections ? d->n_pickup : 0;
  if (d->has_end)
    CS_TRY(cs_close_cue(
        d, last->chords.items + n_pickup, last->n_bars - n_pickup));
  else if (plan->ending == CS_ENDING_LOOP)
    cs_lead_back(d, last);
  for (size_t i = 0, bar = 0; i < n;
       bar += (size_t)plan->sections[i++].n_bars) {
    CsSection *s = &plan->sections[i];
    d->key       = cs_key_at_bar(plan, (int)bar);
    join(s->chords.items, s->n_bars);
    cs_suspend_section(d, s, i == 0 ? d->n_pickup : 0);
  }
  return cs_prepare_keys(d);
}
