// Changes of key on the way: where they come, where they lead, and the dominant
// that prepares them (RULEBOOK 4.5, gear change).

#include "gen/plan/form.h"
#include "gen/plan/harmony.h"

#include "gen/base/mathx.h"
#include "gen/base/text.h"

#include <math.h>
#include <string.h>

enum { USUAL_SEMITONES = 2 };

/// In less there is no key to leave.
static const double shortest_s = 20.0;

CsKey
cs_key_at_bar(const CsPlan *plan, int bar)
{
  CsKey key = plan->key;
  for (size_t i = 0; i < plan->n_key_changes; i++)
    if (plan->key_changes[i].bar <= bar)
      key = plan->key_changes[i].key;
  return key;
}

CsStatus
cs_plan_keys_text(CsArena *arena, const CsPlan *plan, const char **text)
{
  char name[32];
  CsText keys = cs_text_new(arena);
  cs_key_name(plan->key, name);
  cs_text_add(&keys, name);
  for (size_t i = 0; i < plan->n_key_changes; i++) {
    const CsKeyChange *change = &plan->key_changes[i];
    cs_key_name(change->key, name);
    cs_text_addf(&keys, ", %s from bar %d (%.1f s)", name, change->bar + 1,
        change->at_s);
  }
  return cs_text_take(&keys, text);
}

// ---- Where they come --------------------------------------------------------

/// The first bar of the last section of a kind that has something before it; 0
/// for none.
static int
last_start(const CsForm *f, unsigned kinds)
{
  int found = 0;
  for (int i = 1; i < f->n; i++)
    if (f->bars[i].is_border && (kinds >> f->bars[i].kind & 1U) != 0)
      found = i;
  return found;
}

/// Where the key changes when no time was said: with the climax or "last
/// chorus", else with the last return of A, else after two thirds.
static int
usual_bar(const CsForm *f)
{
  const int climax = last_start(f, 1U << CS_SECTION_CLIMAX);
  const int a      = last_start(f, 1U << CS_SECTION_A | 1U << CS_SECTION_A2);
  if (climax > 0)
    return climax;
  if (3 * a > f->n)
    return a;
  const int phrases = 2 * f->n / (3 * CS_PHRASE_BARS);
  return phrases > 0 ? phrases * CS_PHRASE_BARS : f->n / 2;
}

static double
start_s(const CsForm *f, int bar)
{
  const CsTimeline *t = f->d->time;
  return cs_seconds_of_tick(t, (double)cs_bar_tick(t, bar + f->d->n_pickup));
}

/// The bar nearest to a moment; a section that begins within a bar of it is
/// what was meant.
static int
bar_near(const CsForm *f, double seconds)
{
  static const int offs[] = {0, 1, -1};
  const int bar = cs_clamp_int(cs_border_near(f, seconds, 0.5), 1, f->n - 1);
  const double bar_s = start_s(f, bar + 1) - start_s(f, bar);
  for (size_t i = 0; i < sizeof offs / sizeof *offs; i++) {
    const int near = bar + offs[i];
    if (near > 0 && near < f->n && f->bars[near].is_border &&
        fabs(start_s(f, near) - seconds) <= bar_s)
      return near;
  }
  return bar;
}

/// The bar at which an event's key begins. What is said for the end comes early
/// enough to be heard as a key.
static int
start_of(const CsForm *f, const CsArcEvent *e)
{
  const int last = f->n - CS_PHRASE_BARS;
  if (!e->has_start)
    return usual_bar(f);
  const int bar = bar_near(f, e->start_s);
  return bar > last && last > 0 && !e->has_end ? usual_bar(f) : bar;
}

/// Let the border of bars a..b-1 and what follows them, or of what stands
/// before them, lie on their other side.
static void
take_over(CsForm *f, int a, int b, CsSectionKind kind, double energy)
{
  for (int i = a; i < b; i++)
    f->bars[i] = (CsFormBar){.kind = kind, .from = energy, .to = energy};
}

/// A border of the template that stands near comes to the change of key, so
/// that no section of a bar or two is left between them.
static void
draw_border(CsForm *f, int bar)
{
  enum { NEAR = 2 };
  for (int off = 1; off <= NEAR && !f->bars[bar].is_border; off++) {
    const int early = bar - off, late = bar + off;
    if (early > 0 && f->bars[early].is_border && !f->bars[early].is_asked) {
      take_over(f, early, bar, f->bars[early - 1].kind, f->bars[early - 1].to);
      return;
    }
    if (late < f->n && f->bars[late].is_border && !f->bars[late].is_asked) {
      take_over(f, bar, late + 1, f->bars[late].kind, f->bars[late].from);
      return;
    }
  }
}

static void
add_turn(CsForm *f, int bar, const CsArcEvent *event, bool is_return)
{
  CsDraft *d = f->d;
  size_t i   = d->n_turns;
  while (i > 0 && d->turns[i - 1].bar > bar)
    i--;
  if (i > 0 && d->turns[i - 1].bar == bar)
    return; // one key at a time
  for (size_t k = d->n_turns++; k > i; k--)
    d->turns[k] = d->turns[k - 1];
  d->turns[i] = (CsKeyTurn){bar, event, is_return};
  draw_border(f, bar);
  f->bars[bar].is_border = true;
  f->bars[bar].is_asked  = true;
}

/// Why no key of this cue can change, or NULL.
static const char *
obstacle(const CsDraft *d)
{
  if (d->plan->function == CS_STINGER)
    return "a stinger is over before its key could change";
  if (d->plan->duration_s < shortest_s)
    return "a cue under 20 s is over before its key could change";
  return NULL;
}

CsStatus
cs_cut_at_key_changes(CsForm *f)
{
  CsDraft *d           = f->d;
  const CsBrief *brief = d->brief;
  const char *why      = obstacle(d);
  d->turns             = CS_NEW_N(d->arena, CsKeyTurn, 2 * brief->n_arc);
  CS_TRY_NEW(d->turns);
  for (size_t i = 0; i < brief->n_arc; i++) {
    const CsArcEvent *e = &brief->arc[i];
    if (e->kind != CS_ARC_KEY)
      continue;
    if (why == NULL && f->n < CS_PHRASE_BARS)
      why = "the cue has too few bars for its key to change";
    if (why != NULL)
      return cs_plan_warn(d, "key_change_unsupported", "%s; it stays.", why);
    add_turn(f, start_of(f, e), e, false);
  }
  for (size_t i = 0; i < brief->n_arc; i++) {
    const CsArcEvent *e = &brief->arc[i];
    const int to =
        e->kind == CS_ARC_KEY && e->has_end ? bar_near(f, e->end_s) : f->n;
    if (to > 1 && f->n - to >= CS_PHRASE_BARS)
      add_turn(f, to, e, true);
  }
  return CS_OK;
}

bool
cs_leads_to_tonic(const CsBrief *brief, int tonic_pc)
{
  for (size_t i = 0; i < brief->n_arc; i++)
    if (brief->arc[i].kind == CS_ARC_KEY && brief->arc[i].move.has_tonic &&
        brief->arc[i].move.key.tonic_pc == tonic_pc)
      return true;
  return false;
}

// ---- Where they lead --------------------------------------------------------

static CsKey
moved(CsKey from, const CsKeyMove *move)
{
  const bool is_named = move->has_tonic || move->has_mode;
  const int up        = move->semitones != 0 ? move->semitones
                        : is_named           ? 0
                                             : USUAL_SEMITONES;
  CsKey to            = from;
  to.tonic_pc =
      move->has_tonic ? move->key.tonic_pc : cs_mod(from.tonic_pc + up, 12);
  if (move->has_mode)
    to.mode = move->key.mode;
  return to;
}

static bool
same_key(CsKey a, CsKey b)
{
  return a.tonic_pc == b.tonic_pc && a.mode == b.mode;
}

/// The key before an event's own turn.
static CsKey
key_left(const CsDraft *d, const CsArcEvent *event)
{
  for (size_t i = 0; i < d->n_turns; i++)
    if (d->turns[i].event == event)
      return cs_key_at_bar(d->plan, d->turns[i].bar + d->n_pickup - 1);
  return d->plan->key;
}

CsStatus
cs_change_keys(CsDraft *d)
{
  CsPlan *plan      = d->plan;
  CsKey key         = plan->key;
  plan->key_changes = CS_NEW_N(d->arena, CsKeyChange, d->n_turns);
  CS_TRY_NEW(plan->key_changes);
  for (size_t i = 0; i < d->n_turns; i++) {
    const CsKeyTurn *turn = &d->turns[i];
    const CsKey to        = turn->is_return ? key_left(d, turn->event)
                                            : moved(key, &turn->event->move);
    char name[32];
    cs_key_name(to, name);
    if (same_key(to, key) && !turn->is_return)
      CS_TRY(cs_plan_warn(d, "key_change_unsupported",
          "the cue is in %s there already; its key stays.", name));
    if (same_key(to, key))
      continue;
    plan->key_changes[plan->n_key_changes++] =
        (CsKeyChange){.bar = turn->bar + d->n_pickup, .key = to};
    key = to;
  }
  return CS_OK;
}

CsStatus
cs_keep_heard_keys(CsDraft *d)
{
  CsPlan *plan = d->plan;
  for (size_t i = 0; i < plan->n_tracks; i++) {
    const CsRole role = plan->tracks[i].role;
    if (role != CS_ROLE_DRUMS && role != CS_ROLE_PERCUSSION &&
        role != CS_ROLE_EFFECTS)
      return CS_OK;
  }
  if (plan->n_key_changes == 0)
    return CS_OK;
  plan->n_key_changes = 0;
  return cs_plan_warn(d, "key_change_unsupported",
      "nothing plays whose key could be heard to change; it stays.");
}

// ---- How they are prepared --------------------------------------------------

/// The dominant of the key to come, written in the one that it ends.
static const char *
dominant_of(CsKey from, CsKey to)
{
  static const char *const dominants[12] = {"V", "V/bII", "V/II", "V/bIII",
      "V/III", "V/IV", "V/bV", "V/V", "V/bVI", "V/VI", "V/bVII", "V/VII"};
  return dominants[cs_mod(to.tonic_pc - from.tonic_pc, 12)];
}

/// Put a chord into the last half of a bar, or all of it where the music is
/// calm or the bar has no half.
static CsStatus
lead_with(const CsDraft *d, CsSection *s, int at, const char *chord)
{
  static const double calm = 0.5;
  const char **bar         = &s->chords.items[at];
  const bool is_halved =
      cs_meter_beats(d->plan->meter) % 2 == 0 && s->energy[1] >= calm;
  const size_t first = strcspn(*bar, " ");
  if (!is_halved || cs_is_hold(*bar)) {
    *bar = chord;
    return CS_OK;
  }
  *bar = cs_arena_printf(d->arena, "%.*s %s", (int)first, *bar, chord);
  CS_TRY_NEW(*bar);
  return CS_OK;
}

static CsStatus
prepare(const CsDraft *d, int bar, CsKey to)
{
  int from = 0;
  for (size_t i = 0; i < d->plan->n_sections; i++) {
    CsSection *s = &d->plan->sections[i];
    if (bar - 1 >= from && bar - 1 < from + s->n_bars)
      return lead_with(d, s, bar - 1 - from,
          dominant_of(cs_key_at_bar(d->plan, bar - 1), to));
    from += s->n_bars;
  }
  return CS_OK;
}

CsStatus
cs_prepare_keys(CsDraft *d)
{
  const CsPlan *plan = d->plan;
  const int last     = plan->n_bars;
  if (cs_is_harmony_quiet(d))
    return CS_OK;
  for (size_t i = 0; i < plan->n_key_changes; i++)
    CS_TRY(prepare(d, plan->key_changes[i].bar, plan->key_changes[i].key));
  if (plan->ending == CS_ENDING_LOOP &&
      !same_key(cs_key_at_bar(plan, last - 1), plan->key))
    return prepare(d, last, plan->key);
  return CS_OK;
}
