#include "gen/audit/properties.h"

#define ADDRESS_OF(id) &cs_property_##id,

const CsProperty *const cs_properties[] = {CS_ALL_PROPERTIES(ADDRESS_OF)};

const size_t cs_n_properties = sizeof cs_properties / sizeof *cs_properties;
