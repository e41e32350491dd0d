/**
 * Keys of the schemas that Exosphere published from 2016 to 2018 and that mean nothing here: deployment, Docker and
 * scaffolding. They are accepted, so that an old application can be read as it is, and named in one warning per file.
 */
export const earlierKeys = {
  /** At the top of application.yml. */
  application: new Set([
    ..."author bots bus dependencies development docker environment environments local production remote".split(" "),
    ..."secrets setup shared shared-directories templates tests title url user-data".split(" "),
  ]),
  /** In `services.<role>` of application.yml. */
  entry: new Set([
    ..."author cpu dependencies development docker docker_image health-check host local memory port ports".split(" "),
    ..."production public-port remote setup shared-directories silent title url user-data version volumes".split(" "),
  ]),
  /** At the top of service.yml. */
  service: new Set([
    ..."author bus cpu dependencies docker docker-image environments health-check host local location memory name".split(
      " ",
    ),
    ..."port ports production public-port remote restart secrets setup shared-directories shutdown templates title".split(
      " ",
    ),
    ..."url user-data version volumes".split(" "),
  ]),
  /** In `development` of service.yml. */
  development: new Set("dependencies environment ports volumes".split(" ")),
  /** In `environment` of service.yml, where values were grouped by kind of deployment. */
  environment: new Set(["production", "secrets"]),
  /** In `development.scripts` of service.yml, where anything but `run` and `test` was for people. */
  scripts: { has: () => true },
  /** In `dependency-data`, where every dependency but `exocom` was one of Docker's. */
  dependencyData: { has: () => true },
} as const;
