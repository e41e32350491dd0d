/**
 * Keys of the schemas that Exosphere published from 2016 to 2018 and that mean nothing here: deployment, Docker and
 * scaffolding. They are accepted, so that an old application can be read as it is, and named in one warning per file.
 */
export const earlierKeys = {
  /** At the top of application.yml. */
  application: new Set([
    ..."author bots dependencies development docker environment local production remote".split(" "),
    ..."secrets setup shared templates tests title url".split(" "),
  ]),
  /** In `services.<role>` of application.yml. */
  entry: new Set([
    ..."author cpu dependencies development docker docker_image health-check host local memory port ports".split(" "),
    ..."production public-port remote setup silent title url version volumes".split(" "),
  ]),
  /** At the top of service.yml. */
  service: new Set([
    ..."author cpu dependencies docker docker-image health-check host local location memory name port ports".split(" "),
    ..."production public-port remote restart secrets setup shutdown templates title url version volumes".split(" "),
  ]),
  /** In `development` of service.yml. */
  development: new Set("dependencies environment port ports volumes".split(" ")),
  /** In `environment` of service.yml, where values were grouped by kind of deployment. */
  environment: new Set(["production", "secrets"]),
  /** In `development.scripts` of service.yml, where anything but `run` and `test` was for people. */
  scripts: { has: () => true },
  /** In `dependency-data`, where every dependency but `exocom` was one of Docker's. */
  dependencyData: { has: () => true },
} as const;
