/** Reading the files of an application, for who has an embedded broker. Apart from it, as it loads a parser of YAML. */
export { ApplicationError, readApplication, readServiceRoute } from "@exosphere/application";
