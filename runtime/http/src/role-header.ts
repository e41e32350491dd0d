/** On the all-in-one alone: the header by which a request names the role that speaks. */
export const roleHeader = "exo-role";
