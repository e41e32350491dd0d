// What service.yml starts: here the TypeScript itself, in the published package what it was built to.
import "@exosphere/mongodb-service/main";
