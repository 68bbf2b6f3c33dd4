/* The figures of a summary below its zeros, as one table: subject, figure, number, the same days of last year, change.
 */
#ifndef SANLINGCTL_SUMMARY_FIGURES_H
#define SANLINGCTL_SUMMARY_FIGURES_H

#include "sanling.h"

#include "status.pb-c.h"

void summary_figures_print(const Sanling__V1__Summary *summary);

#endif
