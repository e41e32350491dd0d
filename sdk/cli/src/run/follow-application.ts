import { type Application, ApplicationError, readApplication } from "@exosphere/application";
import { QuietFiles, watchByPath } from "@exosphere/settings";

/** Who is told of changes of an application's files. */
export interface ApplicationFollower {
  changed(application: Application): void;
  /** The files are broken: what runs stays as it is. */
  broken(mistakes: readonly string[]): void;
}

/** Reads the files of an application anew whenever they have changed. Returns what ends that. */
export function followApplication(application: Application, follower: ApplicationFollower): () => void {
  const files = new QuietFiles(application.files, {
    watch: watchByPath,
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    onChanged() {
      try {
        const next = readApplication(application.root);
        files.follow(next.files);
        follower.changed(next);
      } catch (error) {
        if (!(error instanceof ApplicationError)) throw error;
        // It may be a file that was not there before which has to be mended.
        files.follow([...files.files, ...error.files]);
        follower.broken(error.mistakes);
      }
    },
  });
  return () => files.close();
}
