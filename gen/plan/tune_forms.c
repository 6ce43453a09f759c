// The forms that a theme can take (RULEBOOK 3.2): how its sections follow one
// another up to the climax.

#include "gen/plan/form.h"

#include <math.h>

enum { MAX_PARTS = 6, BLOCK = CS_PHRASE_BARS };

/// A section of a form; its length follows from the cue's.
typedef struct FormPart {
  CsSectionKind kind;
  double from, to;
} FormPart;

typedef struct TuneForm {
  double weight;  ///< Where the style says none.
  int blocks[2];  ///< Fewest and most phrases that stand before the build.
  bool has_intro; ///< Else its bars go to the tune.
  bool has_build; ///< Else its last section leads to the climax.
  bool is_round;  ///< In long cues it goes round.
  FormPart parts[MAX_PARTS];
  int n_parts;
} TuneForm;

static const TuneForm forms[CS_N_FORMS_OF_TUNES] = {
    [CS_TUNE_ARC] = {2.0, {0, 1 << 20}, true, true, true,
        {{CS_SECTION_A, 0.44, 0.48}, {CS_SECTION_A2, 0.54, 0.58},
            {CS_SECTION_B, 0.60, 0.66}, {CS_SECTION_BREAK, 0.28, 0.32},
            {CS_SECTION_A2, 0.52, 0.62}, {CS_SECTION_B, 0.64, 0.68}},
        6},
    // The last A is the climax.
    [CS_TUNE_AABA] = {1.5, {3, 7}, true, false, false,
        {{CS_SECTION_A, 0.42, 0.46}, {CS_SECTION_A2, 0.54, 0.58},
            {CS_SECTION_B, 0.60, 0.72}},
        3},
    // Verse and chorus, which lies higher.
    [CS_TUNE_VERSES] = {1.5, {4, 1 << 20}, true, true, true,
        {{CS_SECTION_A, 0.40, 0.44}, {CS_SECTION_B, 0.62, 0.66},
            {CS_SECTION_A2, 0.46, 0.50}, {CS_SECTION_B, 0.68, 0.72}},
        4},
    // The third thought is a thin one, from which the build sets out.
    [CS_TUNE_ABAC]   = {1.2, {4, 12}, true, true, false,
          {{CS_SECTION_A, 0.44, 0.48}, {CS_SECTION_B, 0.58, 0.62},
              {CS_SECTION_A2, 0.64, 0.68}, {CS_SECTION_BREAK, 0.30, 0.34}},
          4},
    [CS_TUNE_RONDO]  = {1.2, {8, 1 << 20}, true, true, true,
         {{CS_SECTION_A, 0.44, 0.48}, {CS_SECTION_B, 0.56, 0.60},
             {CS_SECTION_A2, 0.50, 0.54}, {CS_SECTION_BREAK, 0.28, 0.32},
             {CS_SECTION_A2, 0.58, 0.62}, {CS_SECTION_B, 0.64, 0.70}},
         6},
    [CS_TUNE_DIRECT] = {0.8, {1, 5}, false, true, false,
        {{CS_SECTION_A, 0.44, 0.48}, {CS_SECTION_A2, 0.58, 0.62}}, 2},
    // The tune at once and full, then from the beginning.
    [CS_TUNE_HOOK] = {0.6, {4, 8}, false, true, false,
        {{CS_SECTION_A, 0.68, 0.70}, {CS_SECTION_BREAK, 0.28, 0.32},
            {CS_SECTION_A2, 0.46, 0.50}, {CS_SECTION_B, 0.60, 0.66}},
        4},
};

// ---- How long everything is -------------------------------------------------

typedef struct Shape {
  int intro, body, build, climax, coda, outro;
} Shape;

/// A tune of `n` bars with a build and a climax at 62..88 % of the length.
static Shape
shape_of(int n)
{
  Shape s        = {0};
  const int rest = n % BLOCK;
  const int n4   = n - rest;
  s.climax       = n4 >= 96 ? 16 : n4 >= 32 ? 8 : n4 >= 8 ? 4 : 0;
  s.build        = n4 >= 56 ? 8 : n4 >= 12 ? 4 : 0;
  s.outro        = n4 >= 64 ? 8 : n4 >= 44 ? 4 : 0;
  s.intro        = n4 >= 80 ? 8 : n4 >= 16 ? 4 : 0;
  // In a long cue the tune comes once more after its climax.
  s.coda = n4 >= 96 ? n4 / 10 / BLOCK * BLOCK : 0;
  s.body = n4 - s.intro - s.build - s.climax - s.coda - s.outro;
  if (n4 >= 8)
    s.climax += rest;
  else if (n4 == 4 && rest > 0)
    s.climax = rest;
  else
    s.body = n;
  return s;
}

/// What a form leaves out goes to the sections of the tune.
static Shape
fitted(Shape s, const TuneForm *form)
{
  if (!form->has_intro) {
    s.body += s.intro;
    s.intro = 0;
  }
  if (!form->has_build) {
    s.body += s.build;
    s.build = 0;
  }
  return s;
}

// ---- Which form -------------------------------------------------------------

/// Is something asked that the template's own build stands for?
static bool
wants_build(const CsDraft *d)
{
  for (size_t i = 0; i < d->brief->n_arc; i++) {
    const CsArcKind kind = d->brief->arc[i].kind;
    if (kind == CS_ARC_BUILD || kind == CS_ARC_PEAK || kind == CS_ARC_DROP ||
        kind == CS_ARC_RISE || kind == CS_ARC_FALL)
      return true;
  }
  return false;
}

static bool
has_room(const CsForm *f, const Shape *plain, CsTuneForm which)
{
  const TuneForm *form = &forms[which];
  const Shape s        = fitted(*plain, form);
  const int blocks     = s.body / BLOCK;
  return blocks >= form->blocks[0] && blocks <= form->blocks[1] &&
         (form->has_build || !wants_build(f->d));
}

static double
weight_of(const CsForm *f, const Shape *plain, CsTuneForm which)
{
  const double said = f->d->style->forms[which];
  if (!has_room(f, plain, which))
    return 0.0;
  return said >= 0.0 ? said : forms[which].weight;
}

static bool
is_form_said(const CsDraft *d)
{
  return (d->brief->said & CS_SAID_FORM) != 0;
}

static CsStatus
warn_of_form(const CsForm *f)
{
  return cs_plan_warn(f->d, "form_gave_way",
      "the form \"%s\" has no room in %d bars of such a course; the tune goes "
      "on as they allow.",
      cs_form_names[f->d->brief->form], f->n);
}

/// 0..1 for a seed. Whoever makes takes compares seeds that follow one another:
/// steps of the golden section spread these evenly.
static double
turn_of_seed(uint64_t seed)
{
  enum { ROUND = 1 << 20 };
  const double at = 0.6180339887498949 * (double)(seed % ROUND);
  return at - floor(at);
}

static CsTuneForm
drawn(const double weights[CS_N_FORMS_OF_TUNES], double at)
{
  CsTuneForm form = CS_TUNE_ARC;
  for (int i = 0; i < CS_N_FORMS_OF_TUNES && at >= 0.0; i++) {
    if (weights[i] > 0.0)
      form = (CsTuneForm)i;
    at -= weights[i];
  }
  return form;
}

static CsStatus
choose_form(const CsForm *f, const Shape *plain, const TuneForm **form)
{
  double weights[CS_N_FORMS_OF_TUNES], sum = 0.0;
  const CsTuneForm said = f->d->brief->form;
  if (is_form_said(f->d) && has_room(f, plain, said)) {
    *form = &forms[said];
    return CS_OK;
  }
  for (int i = 0; i < CS_N_FORMS_OF_TUNES; i++)
    sum += weights[i] = weight_of(f, plain, (CsTuneForm)i);
  *form =
      &forms[sum > 0.0 ? drawn(weights, sum * turn_of_seed(f->d->plan->seed))
                       : CS_TUNE_ARC];
  return is_form_said(f->d) ? warn_of_form(f) : CS_OK;
}

// ---- Laying it --------------------------------------------------------------

/// Parts of two phrases, or of one, the first ones longer; a break has one.
/// @return The bars that are left over, for the climax: a part of three phrases
///         would stay as it is for too long.
static int
put_parts(CsForm *f, const TuneForm *form, int n_bars)
{
  int n_blocks = n_bars / BLOCK, n_long = 0;
  for (int i = 0; i < form->n_parts; i++)
    n_long += form->parts[i].kind != CS_SECTION_BREAK;
  n_blocks -= form->n_parts - n_long;
  const int n_parts  = n_blocks < n_long ? n_blocks : form->n_parts;
  const bool is_full = n_blocks >= 2 * n_long;
  int more           = is_full ? n_long : n_blocks - n_long;
  for (int i = 0; i < n_parts; i++) {
    const FormPart *p = &form->parts[i];
    const int blocks  = p->kind == CS_SECTION_BREAK ? 1 : more-- > 0 ? 2 : 1;
    cs_form_put(f, p->kind, blocks * BLOCK, p->from, p->to);
  }
  return is_full ? (n_blocks - 2 * n_long) * BLOCK : 0;
}

static void
put_round(CsForm *f, const TuneForm *form, int n_bars)
{
  enum { SECTION = 2 * BLOCK };
  const int end = f->n_written + n_bars;
  for (int i = 0; f->n_written < end && f->n_written < f->n; i++) {
    const FormPart *p = &form->parts[i % form->n_parts];
    const int usual   = p->kind == CS_SECTION_BREAK ? BLOCK : SECTION;
    const int left    = end - f->n_written;
    // A rest shorter than a phrase belongs to the section before it.
    cs_form_put(
        f, p->kind, left - usual < BLOCK ? left : usual, p->from, p->to);
  }
}

/// A tune that the asked events will shape: no build of its own.
CsStatus
cs_lay_plain_tune(CsForm *f)
{
  const CsTuneForm said = f->d->brief->form;
  const bool is_round   = is_form_said(f->d) && forms[said].is_round;
  const bool is_direct  = is_form_said(f->d) && said == CS_TUNE_DIRECT;
  const int intro       = f->n >= 16 && !is_direct ? BLOCK : 0;
  cs_form_put(f, CS_SECTION_INTRO, intro, 0.22, 0.27);
  put_round(f, &forms[is_round ? said : CS_TUNE_ARC], f->n - intro);
  return is_form_said(f->d) && !is_round && !is_direct ? warn_of_form(f)
                                                       : CS_OK;
}

CsStatus
cs_lay_tune(CsForm *f)
{
  const Shape plain    = shape_of(f->n);
  const TuneForm *form = NULL;
  int left             = 0;
  if (plain.climax == 0) {
    cs_form_put(f, CS_SECTION_A, f->n, 0.5, 0.85);
    return is_form_said(f->d) ? warn_of_form(f) : CS_OK;
  }
  CS_TRY(choose_form(f, &plain, &form));
  const Shape s = fitted(plain, form);
  cs_form_put(f, CS_SECTION_INTRO, s.intro, 0.22, 0.27);
  if (form->is_round)
    put_round(f, form, s.body);
  else
    left = put_parts(f, form, s.body);
  cs_form_put(f, CS_SECTION_BUILD, s.build, 0.31, 0.88);
  cs_form_put(f, CS_SECTION_CLIMAX, s.climax + left, 0.93, 1.0);
  put_round(f, &forms[CS_TUNE_ARC], s.coda);
  cs_form_put(f, CS_SECTION_OUTRO, s.outro, 0.42, 0.30);
  return CS_OK;
}
